#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "models/families/spec.h"
#include "models/weights/binding.h"
#include "models/weights/checkpoint.h"
#include "models/weights/weights_choice.h"

namespace lockstep {

/// A checkpoint, what its family resolves it to, and the weights of every role.
struct OpenedModel {
  std::unique_ptr<Checkpoint> checkpoint;
  ModelSpec spec;
  Binding binding;          ///< views into the checkpoint
  double evaluation_s = 0;  ///< that the family took to resolve
};

/// Opens the checkpoint at `path` with the families of `folders` (the user's, best first). For
/// initialised weights config.json, or a GGUF file's metadata, is enough. Throws Error(kData) as
/// open_checkpoint(), resolve_family() and bind_weights() do.
OpenedModel open_model(const std::filesystem::path& path,
                       const std::vector<std::filesystem::path>& folders,
                       const WeightsChoice& weights);

}  // namespace lockstep
