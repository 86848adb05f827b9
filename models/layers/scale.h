#pragma once

#include <memory>

#include "models/layers/layer.h"

namespace lockstep {

void check_scale(const Step& step, const ModelSpec& spec);
std::unique_ptr<Layer> make_scale(const Step& step, const LayerSource& source);

}  // namespace lockstep
