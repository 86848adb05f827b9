// The ops: which fields each has, which roles it needs, and its fields as a struct. A new op is one
// row of kOps and one reader.
#include "models/families/steps.h"

#include <algorithm>

#include "base/error.h"
#include "models/families/spec_fields.h"

namespace lockstep {
namespace {

/// A step without its fields yet: what every op may need to know.
struct Op {
  std::string_view name;
  bool has_role = false;
  bool reads_list = false;
  std::vector<WantedField> fields;
  StepFields (*read)(const JsonAt& step) = nullptr;
  std::vector<std::string> (*parts)(const StepFields& fields) = nullptr;  ///< "" is the role itself
};

std::optional<std::string> text_or_null(const JsonAt& value) {
  return value.is_null() ? std::nullopt : std::optional(value.text());
}

double positive_number(const JsonAt& value) {
  if (!(value.number() > 0)) value.refuse("a positive number");
  return value.number();
}

std::optional<double> positive_or_null(const JsonAt& value) {
  return value.is_null() ? std::nullopt : std::optional(positive_number(value));
}

NormFields read_norm_fields(const JsonAt& norm) {
  if (norm["eps"].number() < 0) norm["eps"].refuse("a number of 0 or more");
  return {.kind = norm["kind"].text(), .eps = norm["eps"].number(), .span = norm["span"].text()};
}

StepFields read_norm(const JsonAt& step) { return read_norm_fields(step); }

StepFields read_position(const JsonAt& step) {
  return PositionFields{.index = step["index"].text(), .offset = step["offset"].integer()};
}

StepFields read_scale(const JsonAt& step) {
  return ScaleFields{.by = step["by"].number(), .round = text_or_null(step["round"])};
}

StepFields read_softcap(const JsonAt& step) {
  return SoftcapFields{.cap = positive_number(step["cap"])};
}

QkNorm read_qk_norm(const JsonAt& norm) {
  static const std::vector<WantedField> kFields{
      {"kind", "a string"}, {"eps", "a number"}, {"span", "a string"}, {"order", "a string"}};
  check_fields(norm, kFields, "qk_norm");
  return {.norm = read_norm_fields(norm), .order = norm["order"].text()};
}

AlibiFields read_alibi(const JsonAt& alibi) {
  static const std::vector<WantedField> kFields{{"slopes", "a string"},
                                                {"max_bias", "a number"},
                                                {"scaled", "true or false"},
                                                {"round", "a string or null"}};
  check_fields(alibi, kFields, "alibi");
  return {.slopes = alibi["slopes"].text(),
          .max_bias = positive_number(alibi["max_bias"]),
          .is_scaled = alibi["scaled"].boolean(),
          .round = text_or_null(alibi["round"])};
}

/// What an attention step may ask for beyond the typed fields, in the order of messages.
constexpr std::string_view kOtherFields[] = {
    "chunk", "sinks", "clip", "v_norm", "gate", "temperature", "kv_from_layer", "latent"};

StepFields read_attention(const JsonAt& step) {
  AttentionFields fields{.causal = step["causal"].boolean(),
                         .heads = positive_integer(step["heads"]),
                         .kv_heads = positive_integer(step["kv_heads"]),
                         .qk_dim = positive_integer(step["qk_dim"]),
                         .v_dim = positive_integer(step["v_dim"]),
                         .scale = step["scale"].number(),
                         .rope = text_or_null(step["rope"]),
                         .window = {},
                         .softcap = positive_or_null(step["softcap"]),
                         .qk_norm = {},
                         .alibi = {},
                         .others = {}};
  if (fields.heads % fields.kv_heads != 0) {
    step["kv_heads"].refuse(text("a divisor of heads, {},", fields.heads));
  }
  if (!step["window"].is_null()) fields.window = positive_integer(step["window"]);
  if (!step["qk_norm"].is_null()) fields.qk_norm = read_qk_norm(step["qk_norm"]);
  if (!step["alibi"].is_null()) fields.alibi = read_alibi(step["alibi"]);
  for (const std::string_view other : kOtherFields) {
    const nlohmann::json& value = step[other].value();
    if (!value.is_null() && value != false) fields.others.emplace_back(other);
  }
  return fields;
}

StepFields read_feed_forward(const JsonAt& step) {
  const std::string form = step["form"].text();
  if (form != "gated" && form != "plain") step["form"].refuse("gated or plain");
  return FeedForwardFields{.form = form,
                           .act = step["act"].text(),
                           .size = positive_integer(step["size"]),
                           .clamp = positive_or_null(step["clamp"])};
}

template <class Fields>
StepFields read_nothing(const JsonAt&) {
  return Fields{};
}

std::vector<std::string> no_parts(const StepFields&) { return {}; }
std::vector<std::string> itself(const StepFields&) { return {""}; }

std::vector<std::string> norm_parts(const StepFields& fields) {
  const std::string& kind = std::get<NormFields>(fields).kind;
  const bool has_weight = kind != "l2" && kind != "layer_noparam";
  return has_weight ? std::vector<std::string>{""} : std::vector<std::string>{};
}

std::vector<std::string> attention_parts(const StepFields& fields) {
  const auto& attention = std::get<AttentionFields>(fields);
  std::vector<std::string> parts{"q", "k", "v", "o"};
  if (attention.qk_norm) parts.insert(parts.end(), {"q_norm", "k_norm"});
  const auto& others = attention.others;
  if (std::find(others.begin(), others.end(), "sinks") != others.end()) parts.emplace_back("sinks");
  return parts;
}

std::vector<std::string> feed_forward_parts(const StepFields& fields) {
  const bool is_gated = std::get<FeedForwardFields>(fields).form == "gated";
  return is_gated ? std::vector<std::string>{"gate", "up", "down"}
                  : std::vector<std::string>{"up", "down"};
}

const std::vector<WantedField> kAttentionFields{{"causal", "true or false"},
                                                {"heads", "an integer"},
                                                {"kv_heads", "an integer"},
                                                {"qk_dim", "an integer"},
                                                {"v_dim", "an integer"},
                                                {"scale", "a number"},
                                                {"rope", "a string or null"},
                                                {"window", "an integer or null"},
                                                {"chunk", "an integer or null"},
                                                {"alibi", "an object or null"},
                                                {"softcap", "a number or null"},
                                                {"sinks", "true or false"},
                                                {"clip", "a number or null"},
                                                {"qk_norm", "an object or null"},
                                                {"v_norm", "an object or null"},
                                                {"gate", "an object or null"},
                                                {"temperature", "an object or null"},
                                                {"kv_from_layer", "an integer or null"},
                                                {"latent", "an object or null"}};

const std::vector<Op> kOps{
    {"add", false, true, {}, read_nothing<AddFields>, no_parts},
    {"attention", true, false, kAttentionFields, read_attention, attention_parts},
    {"embed", true, false, {}, read_nothing<EmbedFields>, itself},
    {"ffn",
     true,
     false,
     {{"form", "a string"},
      {"act", "a string"},
      {"size", "an integer"},
      {"clamp", "a number or null"}},
     read_feed_forward,
     feed_forward_parts},
    {"linear", true, false, {}, read_nothing<LinearFields>, itself},
    {"norm",
     true,
     false,
     {{"kind", "a string"}, {"eps", "a number"}, {"span", "a string"}},
     read_norm,
     norm_parts},
    {"position",
     true,
     false,
     {{"index", "a string"}, {"offset", "an integer"}},
     read_position,
     itself},
    {"scale",
     false,
     false,
     {{"by", "a number"}, {"round", "a string or null"}},
     read_scale,
     no_parts},
    {"softcap", false, false, {{"cap", "a number"}}, read_softcap, no_parts},
};

const Op& find_op(const JsonAt& step) {
  if (!step.value().is_object()) step.refuse("an object");
  const nlohmann::json name = step.has("op") ? step["op"].value() : nlohmann::json();
  std::vector<std::string_view> names;
  for (const Op& op : kOps) {
    if (name == op.name) return op;
    names.push_back(op.name);
  }
  JsonAt(name, step.where() + ".op").refuse("one of " + join(names, ", "));
}

}  // namespace

NamedStep read_step(const JsonAt& step) {
  const Op& op = find_op(step);
  std::vector<WantedField> wanted{{"op", "a string"}};
  if (op.has_role) wanted.push_back({"role", "a string"});
  wanted.push_back({"read", op.reads_list ? "a list of registers" : "a string"});
  wanted.push_back({"write", "a string"});
  wanted.insert(wanted.end(), op.fields.begin(), op.fields.end());
  check_fields(step, wanted, op.name);

  NamedStep named;
  named.step.op = op.name;
  named.step.fields = op.read(step);
  if (op.has_role) named.step.role = step["role"].text();
  for (const std::string& part : op.parts(named.step.fields)) {
    named.step.parts.push_back(named.step.role + (part.empty() ? "" : "." + part));
  }
  named.read = op.reads_list ? texts(step["read"]) : std::vector<std::string>{step["read"].text()};
  named.write = step["write"].text();
  return named;
}

}  // namespace lockstep
