#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/weights/gguf_file.h"

namespace lockstep {

/// What llama.cpp's gguf-split calls a part of a model: <stem>-00002-of-00003.gguf.
struct GgufPartName {
  std::string stem;
  int64_t number = 1;
  int64_t count = 1;
};

/// Nothing for the name of a whole model.
std::optional<GgufPartName> gguf_part_name(const std::filesystem::path& file);

/// The first part of the model that `file` is a part of; a whole model is its own.
std::filesystem::path first_gguf_part(const std::filesystem::path& file);

/// All parts of a model, in their order, from its first (its metadata are the model's), or the one
/// file of a whole one. Each has a table of its own tensors. Throws Error(kData) for a part that is
/// missing, is another's (split.no, split.count) or has other names than gguf-split gives, and for
/// another number of tensors than the parts announce (split.tensors.count).
std::vector<std::unique_ptr<GgufFile>> open_gguf_parts(const std::filesystem::path& first);

}  // namespace lockstep
