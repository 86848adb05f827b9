#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/layers/layer.h"
#include "models/layers/packed_linear.h"

namespace lockstep {

/// The product with the weights of these roles, one below the other. Their stored form is let go.
PackedLinear read_linear(const LayerSource& source, const std::vector<std::string>& roles);

void check_linear(const Step& step, const ModelSpec& spec);
std::unique_ptr<Layer> make_linear(const Step& step, const LayerSource& source);

}  // namespace lockstep
