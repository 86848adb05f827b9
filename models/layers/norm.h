#pragma once

#include <memory>
#include <string>

#include "models/layers/layer.h"

namespace lockstep {

/// A norm's formula and weights, for one row of numbers: kind layer (Ba et al. 2016), rms and
/// rms_w_fp32 (Zhang and Sennrich 2019; the two differ in half precision only), rms_1p (Gemma: 1 +
/// weight).
class RowNorm {
 public:
  RowNorm(const NormFields& fields, const RoleTensors& tensors, const Kernels& kernels);

  int64_t width() const { return weight_.size(0); }
  /// `out` may be `x`.
  void apply(const float* x, float* out) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
  const Kernels* kernels_;
  float eps_;
  float shift_;
  bool is_layer_norm_;
};

/// The op `norm`: each row of the residual stream's width.
class Norm : public Layer {
 public:
  Norm(const NormFields& fields, const RoleTensors& tensors, const Kernels& kernels)
      : norm_(fields, tensors, kernels), kernels_(&kernels) {}

  at::Tensor forward(const LayerInput& input) const override;

  struct SumAndNorm {
    at::Tensor sum;
    at::Tensor norm;
  };
  /// An add and the norm of its result in one pass, with the same values.
  SumAndNorm add_then_norm(const LayerInput& input) const;

 private:
  RowNorm norm_;
  const Kernels* kernels_;
};

/// Throws Error(kData), beginning with `where`, for a kind that is not there.
void check_norm_kind(const NormFields& fields, const std::string& where);

void check_norm(const Step& step, const ModelSpec& spec);
std::unique_ptr<Layer> make_norm(const Step& step, const LayerSource& source);

}  // namespace lockstep
