// The resolved spec as structs: every field typed, every program compiled, every role with a source
// and every source with a role.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_file.h"
#include "base/sha256.h"
#include "models/families/init_fields.h"
#include "models/families/program_compiler.h"
#include "models/families/spec.h"
#include "models/families/spec_fields.h"
#include "models/families/tensor_sources.h"

namespace lockstep {
namespace {

const std::vector<WantedField> kSpecFields{{"family_schema", "an integer"},
                                           {"config_root", "a string"},
                                           {"known_keys", "a list of strings"},
                                           {"d", "an integer"},
                                           {"vocab", "an integer"},
                                           {"max_positions", "an integer or null"},
                                           {"ropes", "an object"},
                                           {"embed", "a list of steps"},
                                           {"blocks", "an object"},
                                           {"layers", "a list of strings"},
                                           {"final_norm", "a list of steps"},
                                           {"head", "a list of steps"},
                                           {"head_tied", "true or false"},
                                           {"prefixes", "a list of strings"},
                                           {"tensors", "an object"},
                                           {"ignore", "a list of strings"},
                                           {"keep_float32", "a list of strings"},
                                           {"init", "an object"},
                                           {"hf_states", "a list of strings"},
                                           {"selfcheck", "an object"}};

/// The spec's top level. Paths begin with the field's name, after "<where>: " if there is a where.
class SpecReader {
 public:
  SpecReader(const nlohmann::json& spec, const std::string& where)
      : spec_(spec), prefix_(where.empty() ? "" : where + ": ") {}

  void check_top_level() const {
    if (!spec_.is_object()) fail(Blame::kData, "{}the family gives no object", prefix_);
    for (const auto& member : spec_.items()) {
      const std::string& key = member.key();
      const bool is_known = std::any_of(
          kSpecFields.begin(), kSpecFields.end(), [&](const auto& f) { return f.name == key; });
      if (!is_known) fail(Blame::kData, "{}{}: a spec has no such field", prefix_, key);
    }
    for (const auto& [field, wanted] : kSpecFields) {
      if (!spec_.contains(field))
        fail(Blame::kData, "{}{}: missing; {} is wanted", prefix_, field, wanted);
    }
    check_fields(JsonAt(spec_, prefix_), kSpecFields, "a spec");
    if (spec_["family_schema"] != 1) (*this)["family_schema"].refuse("1");
  }

  JsonAt operator[](const std::string& field) const { return {spec_[field], prefix_ + field}; }

 private:
  const nlohmann::json& spec_;
  std::string prefix_;
};

double number_of(const JsonAt& value) {
  return value.value().is_boolean() ? (value.boolean() ? 1.0 : 0.0) : value.number();
}

std::vector<double> numbers(const JsonAt& list) {
  std::vector<double> all;
  for (std::size_t k = 0; k < list.size(); ++k) all.push_back(list.at(k).number());
  return all;
}

/// With the parameters of a scaling by their form: numbers (a boolean is 0 or 1), lists; null is
/// left out.
RopeSpec with_scaling(RopeSpec rope, const JsonAt& scaling) {
  if (!scaling.has("type")) {
    fail(Blame::kData, "{}.type: missing; a string is wanted", scaling.where());
  }
  for (const auto& [key, value] : scaling.value().items()) {
    const JsonAt member = scaling[key];
    if (key == "type") {
      rope.type = member.text();
    } else if (key == "role") {
      rope.factors_role = member.text();
    } else if (value.is_array()) {
      rope.lists[key] = numbers(member);
    } else if (!value.is_null()) {
      rope.numbers[key] = number_of(member);
    }
  }
  return rope;
}

RopeSpec read_rope(const JsonAt& rope) {
  static const std::vector<WantedField> kFields{{"layout", "a string"},
                                                {"head_dim", "an integer"},
                                                {"dims", "an integer"},
                                                {"theta", "a number"},
                                                {"scaling", "an object"}};
  check_fields(rope, kFields, "a rope");
  RopeSpec typed{.layout = rope["layout"].text(),
                 .head_dim = positive_integer(rope["head_dim"]),
                 .dims = positive_integer(rope["dims"]),
                 .theta = rope["theta"].number(),
                 .type = {},
                 .numbers = {},
                 .lists = {},
                 .factors_role = {}};
  if (typed.dims % 2 != 0 || typed.dims > typed.head_dim) {
    rope["dims"].refuse(text("an even number up to head_dim, {},", typed.head_dim));
  }
  if (!(typed.theta > 0)) rope["theta"].refuse("a positive number");
  return with_scaling(typed, rope["scaling"]);
}

/// Role -> path of the first thing that needs it.
using NeededRoles = std::map<std::string, std::string>;

NeededRoles roles_of(const std::vector<const Program*>& programs) {
  NeededRoles needed;
  for (const Program* program : programs) {
    for (const Step& step : program->steps) {
      for (const std::string& role : step.parts) needed.emplace(role, step.where);
    }
  }
  return needed;
}

/// Every role that is needed has a source in `tensors`, and the other way round.
void check_roles(const NeededRoles& needed,
                 const std::map<std::string, TensorSource>& sources,
                 const JsonAt& tensors,
                 const std::string& path) {
  const std::string prefix = tensors.where().substr(0, tensors.where().size() - path.size());
  for (const auto& [role, place] : needed) {
    if (!sources.contains(role))
      fail(Blame::kData, "{}{}: {} has no \"{}\"", prefix, place, path, role);
  }
  for (const auto& [role, source] : sources) {
    if (!needed.contains(role))
      fail(Blame::kData, "{}[\"{}\"]: no step uses it", tensors.where(), role);
  }
}

using Ropes = std::map<std::string, RopeSpec>;

/// Every rope that a step names is there.
void check_ropes(const Program& program, const Ropes& ropes, const JsonAt& steps) {
  for (std::size_t n = 0; n < program.steps.size(); ++n) {
    const auto* attention = std::get_if<AttentionFields>(&program.steps[n].fields);
    if (attention == nullptr || !attention->rope || ropes.contains(*attention->rope)) continue;
    std::vector<std::string> names;
    for (const auto& [name, rope] : ropes) names.push_back(name);
    steps.at(n)["rope"].refuse(names.empty() ? "null (there are no ropes)"
                                             : "one of " + join(names, ", "));
  }
}

/// A kind's name is part of paths: letters, digits and underscores.
void check_kind_name(const std::string& kind, const JsonAt& blocks) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (kind.empty() || kind.find_first_not_of(kLetters) != std::string::npos) {
    fail(Blame::kData,
         "{}: {}; letters, digits and underscores are wanted",
         blocks.where(),
         nlohmann::json(kind).dump());
  }
}

/// The kind of each layer. Every one is in `blocks`, and every kind has a layer.
std::vector<std::string> read_layers(const JsonAt& layers, const JsonAt& blocks) {
  std::vector<std::string> kinds;
  for (const auto& [kind, block] : blocks.value().items()) kinds.push_back(kind);
  const std::vector<std::string> kind_of_layer = texts(layers);
  if (kind_of_layer.empty()) layers.refuse("at least one layer");
  for (std::size_t n = 0; n < kind_of_layer.size(); ++n) {
    if (!blocks.has(kind_of_layer[n])) layers.at(n).refuse("one of " + join(kinds, ", "));
  }
  for (const std::string& kind : kinds) {
    check_kind_name(kind, blocks);
    if (std::find(kind_of_layer.begin(), kind_of_layer.end(), kind) == kind_of_layer.end()) {
      fail(Blame::kData, "{}.{}: no layer is of this kind", blocks.where(), kind);
    }
  }
  return kind_of_layer;
}

BlockKind read_kind(const JsonAt& block, const std::string& path, const Ropes& ropes) {
  check_fields(
      block, {{"program", "a list of steps"}, {"tensors", "an object"}}, "a kind of block");
  BlockKind kind;
  kind.program = compile_program(block["program"], {{"x", "embedding"}, "x"}, path + ".program");
  check_ropes(kind.program, ropes, block["program"]);
  kind.tensors = read_sources(block["tensors"]);
  check_roles(roles_of({&kind.program}), kind.tensors, block["tensors"], path + ".tensors");
  return kind;
}

/// Roles of the programs outside the blocks, and of the ropes' tensors.
void check_outside_roles(const ModelSpec& spec, const JsonAt& tensors) {
  NeededRoles needed = roles_of({&spec.embed, &spec.final_norm, &spec.head});
  for (const auto& [name, rope] : spec.ropes) {
    if (!rope.factors_role.empty()) {
      needed.emplace(rope.factors_role, "ropes." + name + ".scaling.role");
    }
  }
  check_roles(needed, spec.tensors, tensors, "tensors");
}

/// Tap names: "embedding", "block 1" .. "block L", "final_norm".
void check_states(const JsonAt& states, const ModelSpec& spec) {
  std::set<std::string> taps{"embedding", "final_norm"};
  for (int block = 1; block <= spec.num_blocks(); ++block) taps.insert(text("block {}", block));
  for (std::size_t n = 0; n < states.size(); ++n) {
    if (!taps.contains(states.at(n).text())) {
      states.at(n).refuse(text("embedding, block 1 to block {}, or final_norm", spec.num_blocks()));
    }
  }
}

/// What a checkpoint of the family can be tested by.
std::optional<double> read_bits_per_byte(const JsonAt& selfcheck) {
  for (const auto& member : selfcheck.value().items()) {
    if (member.key() != "bits_per_byte_max") {
      fail(Blame::kData, "{}.{}: selfcheck has no such field", selfcheck.where(), member.key());
    }
  }
  if (!selfcheck.has("bits_per_byte_max")) return std::nullopt;
  const JsonAt most = selfcheck["bits_per_byte_max"];
  if (!(most.number() > 0)) most.refuse("a positive number");
  return most.number();
}

}  // namespace

std::vector<int64_t> length_borders(const ModelSpec& spec) {
  std::set<int64_t> borders;
  for (const auto& [name, rope] : spec.ropes) {
    const auto border = rope.numbers.find("original_max_positions");
    if (rope.type == "longrope" && border != rope.numbers.end()) {
      borders.insert(static_cast<int64_t>(border->second));
    }
  }
  return {borders.begin(), borders.end()};
}

ModelSpec compile_spec(const nlohmann::json& json,
                       const std::string& family,
                       const std::string& where) {
  const SpecReader reader(json, where);
  reader.check_top_level();
  ModelSpec spec;
  spec.family = family;
  spec.width = positive_integer(reader["d"]);
  spec.vocabulary = positive_integer(reader["vocab"]);
  if (!reader["max_positions"].is_null())
    spec.max_positions = positive_integer(reader["max_positions"]);
  const JsonAt ropes = reader["ropes"];
  for (const auto& [name, rope] : ropes.value().items()) spec.ropes[name] = read_rope(ropes[name]);
  const JsonAt blocks = reader["blocks"];
  spec.layers = read_layers(reader["layers"], blocks);
  for (const auto& [kind, block] : blocks.value().items()) {
    spec.blocks[kind] = read_kind(blocks[kind], "blocks." + kind, spec.ropes);
  }
  spec.embed = compile_program(reader["embed"], {{"ids"}, "x"}, "embed");
  spec.final_norm = compile_program(reader["final_norm"], {{"x"}, "x"}, "final_norm");
  spec.head = compile_program(reader["head"], {{"x"}, "logits"}, "head");
  spec.tensors = read_sources(reader["tensors"]);
  check_outside_roles(spec, reader["tensors"]);
  spec.prefixes = texts(reader["prefixes"]);
  spec.ignore = texts(reader["ignore"]);
  spec.head_tied = reader["head_tied"].boolean();
  spec.init = read_init(reader["init"], spec.vocabulary);
  spec.bits_per_byte_max = read_bits_per_byte(reader["selfcheck"]);
  spec.hf_states = texts(reader["hf_states"]);
  check_states(reader["hf_states"], spec);
  spec.canonical_json = json.dump();
  spec.sha256 = sha256_of(spec.canonical_json);
  return spec;
}

}  // namespace lockstep
