#pragma once

#include <functional>
#include <memory>
#include <string>

#include "models/layers/layer.h"
#include "models/model.h"

namespace lockstep {

/// Where a model's weights come from: the tensors of a role of a layer (from 0), or of a role
/// outside the layers (-1).
using WeightReader = std::function<RoleTensors(int layer, const std::string& role)>;

/// Throws Error(kData), with the path of the step, for whatever in a spec no layer can do. Reads no
/// weights.
void check_supported(const ModelSpec& spec);

/// A model of a resolved spec, its weights read one role at a time. `highest_block` as in
/// load_model(); `num_parameters` is what the model tells.
std::unique_ptr<LanguageModel> build_model(const ModelSpec& spec,
                                           const WeightReader& read,
                                           const BackEnd& back_end,
                                           int highest_block,
                                           int64_t num_parameters);

}  // namespace lockstep
