#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// A .gguf file, or the first of the parts of one (gguf_parts.h), seen as a Hugging Face folder,
/// through <folder>/gguf/<general.architecture>.jsonnet of the user's folders or the built-in one.
/// That file is a function of
///   metadata   every scalar and every short array of the file, by key
///   tensors    name -> shape (slowest first)
/// and gives
///   config     what config.json would say; { tensor: NAME } there is the values of that tensor (at
///   most 1024, along one axis), which then is no weight
///   tensors    GGUF module name -> { to: Hugging Face's, ops: [...] }, with {i} for a layer's
///   number on both sides;
///              ops undo what the converter did to the rows
/// Throws Error(kData): an architecture without a file, a tensor that no entry names, a type that
/// is not supported.
std::unique_ptr<Checkpoint> open_gguf(const std::filesystem::path& file,
                                      const std::vector<std::filesystem::path>& folders);

}  // namespace lockstep
