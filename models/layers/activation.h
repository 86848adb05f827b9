#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <string_view>

#include "models/layers/kernels.h"

namespace lockstep {

/// As in transformers' activations.py. gelu_new, gelu_fast, gelu_accurate and gelu_pytorch_tanh are
/// one formula (the constant of gelu_fast, 0.7978845608, is sqrt(2 / pi) to ten digits).
enum class Activation { kSilu, kGelu, kGeluTanh, kQuickGelu, kRelu, kRelu2, kSigmoid, kTanh };

std::optional<Activation> find_activation(std::string_view name);
std::string activation_names();

/// In place.
at::Tensor activate(Activation activation, at::Tensor x);

/// act(gate) * up, in the gate's place. Both are rows x size.
at::Tensor activate_gated(Activation activation,
                          at::Tensor gate,
                          const at::Tensor& up,
                          const Kernels& kernels);

}  // namespace lockstep
