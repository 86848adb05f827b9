#pragma once

#include <memory>

#include "models/layers/layer.h"

namespace lockstep {

/// Values summed left to right, one row at a time; into the first one's memory if nobody else holds
/// it.
class RunningSum {
 public:
  RunningSum(std::span<at::Tensor> values, const Kernels& kernels);

  const at::Tensor& result() const { return result_; }
  /// Sums one row and gives its place in result().
  const float* add_row(int64_t row) const;

 private:
  std::span<at::Tensor> values_;
  at::Tensor result_;
  const Kernels* kernels_;
};

void check_add(const Step& step, const ModelSpec& spec);
std::unique_ptr<Layer> make_add(const Step& step, const LayerSource& source);

}  // namespace lockstep
