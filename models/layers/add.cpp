#include "models/layers/add.h"

namespace lockstep {
namespace {

/// The op `add`.
class Add : public Layer {
 public:
  explicit Add(const Kernels& kernels) : kernels_(&kernels) {}

  at::Tensor forward(const LayerInput& input) const override {
    const RunningSum sum(input.read, *kernels_);
    for (int64_t row = 0; row < sum.result().size(0); ++row) sum.add_row(row);
    return sum.result();
  }

 private:
  const Kernels* kernels_;
};

}  // namespace

RunningSum::RunningSum(std::span<at::Tensor> values, const Kernels& kernels)
    : values_(values), result_(memory_for_result(values[0])), kernels_(&kernels) {}

const float* RunningSum::add_row(int64_t row) const {
  const int64_t width = result_.size(1);
  float* out = result_.mutable_data_ptr<float>() + row * width;
  const float* sum = values_[0].const_data_ptr<float>() + row * width;
  for (std::size_t k = 1; k < values_.size(); ++k) {
    kernels_->add(sum, values_[k].const_data_ptr<float>() + row * width, out, width);
    sum = out;
  }
  return out;
}

void check_add(const Step& step, const ModelSpec&) {
  if (step.read.size() < 2) refuse_step(step, "add of one register", "two or more are wanted");
}

std::unique_ptr<Layer> make_add(const Step&, const LayerSource& source) {
  return std::make_unique<Add>(*source.back_end.kernels);
}

}  // namespace lockstep
