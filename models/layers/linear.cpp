#include "models/layers/linear.h"

namespace lockstep {
namespace {

/// The op `linear`.
class Linear : public Layer {
 public:
  Linear(const RoleTensors& tensors, const BackEnd& back_end)
      : linear_(tensors.weight, tensors.bias, back_end) {}

  at::Tensor forward(const LayerInput& input) const override { return linear_(input.read[0]); }

 private:
  PackedLinear linear_;
};

}  // namespace

PackedLinear read_linear(const LayerSource& source, const std::vector<std::string>& roles) {
  const RoleTensors tensors = source.read(roles);
  return {tensors.weight, tensors.bias, source.back_end};
}

void check_linear(const Step&, const ModelSpec&) {}

std::unique_ptr<Layer> make_linear(const Step& step, const LayerSource& source) {
  const RoleTensors tensors = source.weights(step.role);
  BackEnd back_end = source.back_end;
  // A head tied to the embedding: its own packed copy would double the largest matrix of a small
  // model.
  if (tensors.is_shared) back_end.gemm = Gemm::kAten;
  return std::make_unique<Linear>(tensors, back_end);
}

}  // namespace lockstep
