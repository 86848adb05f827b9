#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/layers/layer.h"
#include "models/model.h"

namespace lockstep {

/// Where a model's weights come from: the tensors of roles of a layer (from 0), or of roles outside
/// the layers (-1), as LayerSource::read gives them.
using WeightReader = std::function<RoleTensors(int layer, const std::vector<std::string>& roles)>;

/// Throws Error(kData), with the path of the step, for whatever in a spec no layer can do. Reads no
/// weights.
void check_supported(const ModelSpec& spec);

/// A model of a resolved spec, its weights read one matrix at a time. `highest_block` as in
/// load_model(); `num_parameters` is what the model tells.
std::unique_ptr<LanguageModel> build_model(const ModelSpec& spec,
                                           const WeightReader& read,
                                           const BackEnd& back_end,
                                           int highest_block,
                                           int64_t num_parameters);

}  // namespace lockstep
