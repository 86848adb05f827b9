#include "models/layers/binding_reader.h"

#include <algorithm>
#include <span>

namespace lockstep {
namespace {

std::span<float> values_of(at::Tensor& tensor) {
  return {tensor.mutable_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

at::Tensor read_weights(const std::vector<const RoleWeights*>& parts) {
  std::vector<int64_t> shape = parts.front()->weight.shape;
  for (std::size_t k = 1; k < parts.size(); ++k) shape.front() += parts[k]->weight.shape.front();
  at::Tensor matrix = at::empty(shape, at::kFloat);
  std::span<float> rest = values_of(matrix);
  for (const RoleWeights* part : parts) {
    const auto size = static_cast<std::size_t>(part->weight.num_elements());
    part->weight.read(rest.first(size));
    rest = rest.subspan(size);
  }
  return matrix;
}

at::Tensor read_biases(const std::vector<const RoleWeights*>& parts) {
  const bool has_none =
      std::none_of(parts.begin(), parts.end(), [](const auto* part) { return part->bias; });
  if (has_none) return {};
  int64_t rows = 0;
  for (const RoleWeights* part : parts) rows += part->weight.shape.front();
  at::Tensor biases = at::zeros({rows}, at::kFloat);
  std::span<float> rest = values_of(biases);
  for (const RoleWeights* part : parts) {
    const auto size = static_cast<std::size_t>(part->weight.shape.front());
    if (part->bias) part->bias->read(rest.first(size));
    rest = rest.subspan(size);
  }
  return biases;
}

}  // namespace

RoleTensors BindingReader::read(int layer, const std::vector<std::string>& roles) {
  const auto& weights =
      layer < 0 ? binding_->outside : binding_->layers[static_cast<std::size_t>(layer)];
  std::vector<const RoleWeights*> parts;
  for (const std::string& role : roles) parts.push_back(&weights.at(role));
  const bool may_be_shared = layer < 0 && binding_->head_is_embedding && parts.size() == 1;
  if (!may_be_shared) return {.weight = read_weights(parts), .bias = read_biases(parts)};
  at::Tensor& table = tables_[parts.front()->weight.stored];
  const bool is_shared = table.defined();
  if (!is_shared) table = read_weights(parts);
  return {.weight = table, .bias = read_biases(parts), .is_shared = is_shared};
}

}  // namespace lockstep
