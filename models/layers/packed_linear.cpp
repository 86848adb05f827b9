// libtorch does not export oneDNN's own interface. Its compiler (Inductor) uses oneDNN through two
// operators, which the dispatcher gives to anybody who knows their names.
#include "models/layers/packed_linear.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <string_view>

#include "base/error.h"

namespace lockstep {
namespace {

using LinearPointwise = at::Tensor(const at::Tensor&,
                                   const at::Tensor&,
                                   const std::optional<at::Tensor>&,
                                   std::string_view,
                                   c10::List<std::optional<at::Scalar>>,
                                   std::optional<std::string_view>);

at::Tensor reorder(const at::Tensor& weight, int64_t rows) {
  static const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", "");
  torch::jit::Stack stack{c10::IValue(weight), c10::IValue(rows)};
  op.callBoxed(stack);
  return stack[0].toTensor();
}

at::Tensor multiply(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
                             .typed<LinearPointwise>();
  const auto some_bias = bias.defined() ? std::optional(bias) : std::nullopt;
  return op.call(
      x, packed, some_bias, "none", c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

bool try_prepacked_linear() {
  if (!at::globalContext().userEnabledMkldnn()) return false;
  auto& dispatcher = c10::Dispatcher::singleton();
  if (!dispatcher.findSchema({"mkldnn::_reorder_linear_weight", ""}) ||
      !dispatcher.findSchema({"mkldnn::_linear_pointwise", ""})) {
    return false;
  }
  try {
    const c10::InferenceMode inference;
    const auto x = at::arange(12, at::kFloat).view({3, 4});
    const auto weight = at::arange(20, at::kFloat).view({5, 4});
    const auto bias = at::arange(5, at::kFloat);
    return at::equal(multiply(x, reorder(weight, 3), bias), at::linear(x, weight, bias));
  } catch (const std::exception&) {  // another signature, or a build without oneDNN
    return false;
  }
}

}  // namespace

bool has_prepacked_linear() {
  static const bool has = try_prepacked_linear();
  return has;
}

PackedLinear::PackedLinear(const at::Tensor& weight,
                           const at::Tensor& bias,
                           const BackEnd& back_end)
    : weight_(weight), bias_(bias), gemm_(back_end.gemm) {
  if (gemm_ == Gemm::kOneDnn) weight_ = reorder(weight, back_end.batch_tokens);
}

at::Tensor PackedLinear::operator()(const at::Tensor& x) const {
  if (gemm_ == Gemm::kOneDnn) return multiply(x, weight_, bias_);
  return bias_.defined() ? at::linear(x, weight_, bias_) : at::linear(x, weight_);
}

}  // namespace lockstep
