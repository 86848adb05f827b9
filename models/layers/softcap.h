#pragma once

#include <memory>

#include "models/layers/layer.h"

namespace lockstep {

void check_softcap(const Step& step, const ModelSpec& spec);
std::unique_ptr<Layer> make_softcap(const Step& step, const LayerSource& source);

}  // namespace lockstep
