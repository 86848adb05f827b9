#pragma once

#include <filesystem>
#include <memory>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// A folder with config.json and the first of model.safetensors, model.safetensors.index.json,
/// pytorch_model.bin and pytorch_model.bin.index.json that it has; where both forms are there, the
/// checkpoint's warnings say which is read. The files that an index's weight_map names lie in the
/// folder; every tensor of the map is in its file and every tensor of those files is in the map.
/// Names of old checkpoints are brought up to date (LayerNorm.gamma and beta; weight_g, weight_v;
/// backbone.embedding.). Throws Error(kData).
std::unique_ptr<Checkpoint> open_huggingface_folder(const std::filesystem::path& folder);

/// A folder's config.json; its name.
nlohmann::json read_folder_config(const std::filesystem::path& folder);
std::string folder_name(const std::filesystem::path& folder);

}  // namespace lockstep
