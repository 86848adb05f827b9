#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <string_view>

#include "models/layers/kernels.h"

namespace lockstep {

/// As in transformers' activations.py; gelu_new and gelu_pytorch_tanh are one formula.
enum class Activation { kSilu, kGelu, kGeluTanh, kRelu, kRelu2 };

std::optional<Activation> find_activation(std::string_view name);
std::string activation_names();

/// In place.
at::Tensor activate(Activation activation, at::Tensor x);

/// act(gate) * up, where a row of `gate_up` is the gate's numbers, then up's: rows x size.
at::Tensor activate_gated(Activation activation, const at::Tensor& gate_up, const Kernels& kernels);

}  // namespace lockstep
