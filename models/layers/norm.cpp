#include "models/layers/norm.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "models/layers/add.h"

namespace lockstep {
namespace {

constexpr std::array kKinds = {"layer", "rms", "rms_1p", "rms_w_fp32"};

}  // namespace

RowNorm::RowNorm(const NormFields& fields, const RoleTensors& tensors, const Kernels& kernels)
    : weight_(tensors.weight),
      bias_(tensors.bias),
      kernels_(&kernels),
      eps_(static_cast<float>(fields.eps)),
      shift_(fields.kind == "rms_1p" ? 1.0f : 0.0f),
      is_layer_norm_(fields.kind == "layer") {}

void RowNorm::apply(const float* x, float* out) const {
  const float* weight = weight_.const_data_ptr<float>();
  if (is_layer_norm_) {
    const float* bias = bias_.defined() ? bias_.const_data_ptr<float>() : nullptr;
    kernels_->layer_norm(x, weight, bias, eps_, out, width());
  } else {
    kernels_->rms_norm(x, weight, shift_, eps_, out, width());
  }
}

at::Tensor Norm::forward(const LayerInput& input) const {
  const at::Tensor& x = input.read[0];
  const at::Tensor out = memory_for_result(x);
  const float* from = x.const_data_ptr<float>();
  float* to = out.mutable_data_ptr<float>();
  for (int64_t row = 0; row < x.size(0); ++row) {
    norm_.apply(from + row * norm_.width(), to + row * norm_.width());
  }
  return out;
}

Norm::SumAndNorm Norm::add_then_norm(const LayerInput& input) const {
  const RunningSum sum(input.read, *kernels_);
  at::Tensor normed = at::empty_like(sum.result());
  float* to = normed.mutable_data_ptr<float>();
  for (int64_t row = 0; row < normed.size(0); ++row) {
    norm_.apply(sum.add_row(row), to + row * norm_.width());
  }
  return {sum.result(), normed};
}

void check_norm_kind(const NormFields& fields, const std::string& where) {
  if (std::find(kKinds.begin(), kKinds.end(), fields.kind) == kKinds.end()) {
    fail(Blame::kData,
         "{}: norm of kind \"{}\" is not supported; one of {} is wanted",
         where,
         fields.kind,
         join(kKinds, ", "));
  }
}

void check_norm(const Step& step, const ModelSpec&) {
  const auto& fields = std::get<NormFields>(step.fields);
  check_norm_kind(fields, step.where);
  if (fields.span != "model") {
    refuse_step(step, text("norm of span \"{}\"", fields.span), "model is wanted");
  }
}

std::unique_ptr<Layer> make_norm(const Step& step, const LayerSource& source) {
  return std::make_unique<Norm>(
      std::get<NormFields>(step.fields), source.weights(step.role), *source.back_end.kernels);
}

}  // namespace lockstep
