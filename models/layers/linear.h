#pragma once

#include <memory>
#include <vector>

#include "models/layers/layer.h"
#include "models/layers/packed_linear.h"

namespace lockstep {

/// Weights of products of the same input, one below the other, for one product. A bias that is not
/// there is zeros if another one is.
RoleTensors stack_outputs(const std::vector<RoleTensors>& parts);

void check_linear(const Step& step, const ModelSpec& spec);
std::unique_ptr<Layer> make_linear(const Step& step, const LayerSource& source);

}  // namespace lockstep
