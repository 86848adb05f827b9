#pragma once

#include <ATen/ATen.h>

#include "models/layers/back_end.h"

namespace lockstep {

/// x W' + b for a fixed W, laid out once for the back end's matrix product.
class PackedLinear {
 public:
  PackedLinear() = default;
  /// `weight` is outputs x inputs, `bias` has outputs or is undefined; both float32. A packed
  /// weight is a copy.
  PackedLinear(const at::Tensor& weight, const at::Tensor& bias, const BackEnd& back_end);

  /// rows x inputs to rows x outputs, a new tensor.
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
  Gemm gemm_ = Gemm::kAten;
};

/// Whether this libtorch has oneDNN's prepacked product and a small trial gives what at::linear
/// gives. The operators (mkldnn::_reorder_linear_weight, mkldnn::_linear_pointwise) are internal to
/// libtorch and may go; checked with 2.13.
bool has_prepacked_linear();

}  // namespace lockstep
