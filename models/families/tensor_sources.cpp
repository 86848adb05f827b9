#include "models/families/tensor_sources.h"

#include "base/error.h"
#include "models/families/spec_fields.h"

namespace lockstep {
namespace {

/// The operations on a tensor's rows and what each needs to know.
struct OpFields {
  std::string_view op;
  std::vector<WantedField> fields;
};

const std::vector<OpFields> kOps{
    {"add_one", {}},
    {"by_head", {{"heads", "an integer"}, {"parts", "an integer"}}},
    {"chunk", {{"index", "an integer"}, {"of", "an integer"}}},
    {"interleave", {{"index", "an integer"}, {"of", "an integer"}}},
    {"split",
     {{"layout", "a string"},
      {"part", "a string"},
      {"heads", "an integer"},
      {"kv_heads", "an integer"},
      {"head_dim", "an integer"}}},
    {"subtract_one", {}},
    {"transpose", {}},
    {"unpermute", {{"heads", "an integer"}}},
};

const OpFields& find_op(const JsonAt& op) {
  if (!op.value().is_object()) op.refuse("an object");
  const nlohmann::json name = op.has("op") ? op["op"].value() : nlohmann::json();
  std::vector<std::string_view> names;
  for (const OpFields& known : kOps) {
    if (name == known.op) return known;
    names.push_back(known.op);
  }
  JsonAt(name, op.where() + ".op").refuse("one of " + join(names, ", "));
}

TensorOp read_op(const JsonAt& op) {
  const OpFields& known = find_op(op);
  std::vector<WantedField> wanted{{"op", "a string"}};
  wanted.insert(wanted.end(), known.fields.begin(), known.fields.end());
  check_fields(op, wanted, known.op);

  TensorOp typed;
  typed.op = known.op;
  for (const auto& [field, type] : known.fields) {
    const JsonAt value = op[field];
    if (type == "a string") {
      typed.names[std::string(field)] = value.text();
    } else if (field == "index") {
      if (value.value() < 0 || value.value() >= op["of"].value())
        value.refuse("an index from 0 to of - 1");
      typed.numbers["index"] = value.integer();
    } else {
      typed.numbers[std::string(field)] = positive_integer(value);
    }
  }
  return typed;
}

TensorSource read_source(const JsonAt& source) {
  if (source.value().is_string())
    return {.names = {source.text()}, .exact = false, .has_bias = {}, .ops = {}};
  if (!source.value().is_object()) source.refuse("a module's name or an object");
  TensorSource typed;
  int num_kinds = 0;
  for (const auto& [key, value] : source.value().items()) {
    const JsonAt member = source[key];
    if (key == "ops") {
      typed.ops = read_ops(member);
      continue;
    }
    if (key == "bias") {
      if (!value.is_null()) typed.has_bias = member.boolean();
      continue;
    }
    ++num_kinds;
    if (key == "any") {
      typed.names = texts(member);
    } else if (key == "module" || key == "tensor") {
      typed.names = {member.text()};
      typed.exact = key == "tensor";
    } else {
      fail(Blame::kData, "{}.{}: a source has no such field", source.where(), key);
    }
  }
  if (num_kinds != 1 || typed.names.empty()) source.refuse("one of module, tensor, any");
  if (typed.exact && typed.has_bias) source["bias"].refuse("null (a bare tensor has none)");
  return typed;
}

}  // namespace

std::map<std::string, TensorSource> read_sources(const JsonAt& tensors) {
  std::map<std::string, TensorSource> sources;
  for (const auto& [role, source] : tensors.value().items())
    sources[role] = read_source(entry(tensors, role));
  return sources;
}

std::vector<TensorOp> read_ops(const JsonAt& ops) {
  std::vector<TensorOp> typed;
  for (std::size_t k = 0; k < ops.size(); ++k) typed.push_back(read_op(ops.at(k)));
  return typed;
}

}  // namespace lockstep
