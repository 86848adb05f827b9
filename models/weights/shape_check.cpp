#include "models/weights/shape_check.h"

#include "base/error.h"

namespace lockstep {
namespace {

std::string shape_text(const std::vector<int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const int64_t size : shape) sizes.push_back(size == kAnySize ? "any" : to_text(size));
  return "[" + join(sizes, ", ") + "]";
}

bool fits(const std::vector<int64_t>& shape, const std::vector<int64_t>& wanted) {
  if (shape.size() != wanted.size()) return false;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (wanted[k] != kAnySize && shape[k] != wanted[k]) return false;
  }
  return true;
}

[[noreturn]] void refuse(const WantedWeight& weight,
                         const BoundTensor& bound,
                         const std::vector<int64_t>& wanted,
                         const std::string& where) {
  std::vector<std::string> ops;
  for (const TensorOp& op : bound.ops) ops.push_back(op.op);
  fail(Blame::kData,
       "{}: role {}: tensor {} has shape {}{}; {} is wanted ({})",
       where,
       weight.role,
       bound.stored->name,
       shape_text(bound.shape),
       ops.empty() ? "" : " after " + join(ops, ", "),
       shape_text(wanted),
       weight.step.where);
}

void check_positions(const WantedWeight& wanted,
                     int64_t rows,
                     int64_t max_positions,
                     const std::string& where) {
  const auto* fields = std::get_if<PositionFields>(&wanted.step.fields);
  if (fields == nullptr || rows >= max_positions + fields->offset) return;
  fail(Blame::kData,
       "{}: role {}: {} positions; {} and an offset of {} are wanted ({})",
       where,
       wanted.role,
       rows,
       max_positions,
       fields->offset,
       wanted.step.where);
}

void check_bias(const WantedWeight& wanted, const RoleWeights& weights, const std::string& where) {
  if (wanted.bias == MayHaveBias::kNo) {
    fail(Blame::kData,
         "{}: role {}: tensor {} is a bias; none is wanted ({})",
         where,
         wanted.role,
         weights.bias->stored->name,
         wanted.step.where);
  }
  const std::vector<int64_t> rows{weights.weight.shape.front()};
  if (weights.bias->shape != rows) refuse(wanted, *weights.bias, rows, where);
}

}  // namespace

void check_shapes(const ModelSpec& spec, const Binding& binding, const std::string& where) {
  walk_shapes(
      spec,
      [&](int layer, const WantedWeight& wanted) {
        const std::string place = place_of_layer(where, layer);
        const auto& roles =
            layer < 0 ? binding.outside : binding.layers[static_cast<std::size_t>(layer)];
        const RoleWeights& weights = roles.at(wanted.role);
        const std::vector<int64_t>& shape = weights.weight.shape;
        if (!fits(shape, wanted.shape)) refuse(wanted, weights.weight, wanted.shape, place);
        if (weights.bias) check_bias(wanted, weights, place);
        check_positions(wanted, shape.front(), spec.max_positions.value_or(0), place);
        return shape;
      },
      where);
}

}  // namespace lockstep
