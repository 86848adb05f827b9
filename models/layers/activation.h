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

/// act(gate) * up, where a row of `gate_up` is the gate's numbers, then up's: rows x size.
at::Tensor activate_gated(Activation activation, const at::Tensor& gate_up, const Kernels& kernels);

}  // namespace lockstep
