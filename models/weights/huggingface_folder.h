#pragma once

#include <filesystem>
#include <memory>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// A folder with config.json and model.safetensors, or model.safetensors.index.json and the files
/// that its weight_map names. Every tensor of the map is in its file and every tensor of those
/// files is in the map. Names of old checkpoints are brought up to date (LayerNorm.gamma and beta;
/// weight_g, weight_v; backbone.embedding.). Throws Error(kData).
std::unique_ptr<Checkpoint> open_huggingface_folder(const std::filesystem::path& folder);

}  // namespace lockstep
