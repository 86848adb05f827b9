#include "models/layers/activation.h"

#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace lockstep {
namespace {

struct Named {
  std::string_view name;
  Activation activation;
};
constexpr std::array kNames = {Named{"gelu", Activation::kGelu},
                               Named{"gelu_accurate", Activation::kGeluTanh},
                               Named{"gelu_fast", Activation::kGeluTanh},
                               Named{"gelu_new", Activation::kGeluTanh},
                               Named{"gelu_pytorch_tanh", Activation::kGeluTanh},
                               Named{"quick_gelu", Activation::kQuickGelu},
                               Named{"relu", Activation::kRelu},
                               Named{"relu2", Activation::kRelu2},
                               Named{"sigmoid", Activation::kSigmoid},
                               Named{"silu", Activation::kSilu},
                               Named{"swish", Activation::kSilu},
                               Named{"tanh", Activation::kTanh}};

using TimesKernel = void (*)(const float*, const float*, float*, int64_t);

TimesKernel times_kernel(Activation activation, const Kernels& kernels) {
  if (activation == Activation::kSilu) return kernels.silu_times;
  if (activation == Activation::kGeluTanh) return kernels.gelu_tanh_times;
  return nullptr;
}

}  // namespace

std::optional<Activation> find_activation(std::string_view name) {
  for (const Named& named : kNames) {
    if (named.name == name) return named.activation;
  }
  return std::nullopt;
}

std::string activation_names() {
  std::vector<std::string_view> names;
  for (const Named& named : kNames) names.push_back(named.name);
  return join(names, ", ");
}

at::Tensor activate(Activation activation, at::Tensor x) {
  switch (activation) {
    case Activation::kSilu:
      return at::silu_(x);
    case Activation::kGelu:
      return at::gelu_(x, "none");
    case Activation::kGeluTanh:
      return at::gelu_(x, "tanh");
    case Activation::kQuickGelu:
      return x.mul_(at::sigmoid(x * 1.702));
    case Activation::kRelu:
      return at::relu_(x);
    case Activation::kRelu2:
      return at::relu_(x).square_();
    case Activation::kSigmoid:
      return at::sigmoid_(x);
    case Activation::kTanh:
      return at::tanh_(x);
  }
  return x;
}

at::Tensor activate_gated(Activation activation,
                          at::Tensor gate,
                          const at::Tensor& up,
                          const Kernels& kernels) {
  const auto times = times_kernel(activation, kernels);
  if (times == nullptr) return activate(activation, std::move(gate)).mul_(up);
  float* values = gate.mutable_data_ptr<float>();
  const float* factors = up.const_data_ptr<float>();
  const int64_t size = gate.size(1);
  for (int64_t begin = 0; begin < gate.numel(); begin += size) {
    times(values + begin, factors + begin, values + begin, size);
  }
  return gate;
}

}  // namespace lockstep
