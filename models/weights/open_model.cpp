#include "models/weights/open_model.h"

#include <chrono>

#include "models/weights/huggingface_folder.h"
#include "models/weights/initialised_checkpoint.h"
#include "models/weights/shuffled_checkpoint.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// Name and configuration, without a look at a folder's weights.
ModelIdentity identify(const fs::path& path, const std::vector<fs::path>& folders) {
  if (!find_gguf(path)) return {.name = folder_name(path), .config = read_folder_config(path)};
  const std::shared_ptr<const Checkpoint> file = open_checkpoint(path, folders);
  return {.name = file->name(), .config = file->config(), .divisors = file};
}

}  // namespace

OpenedModel open_model(const fs::path& path,
                       const std::vector<fs::path>& folders,
                       const WeightsChoice& weights) {
  OpenedModel opened;
  const auto resolve = [&](const nlohmann::json& config) {
    const auto begin = std::chrono::steady_clock::now();
    ModelSpec spec = resolve_family(config, folders, path.string());
    opened.evaluation_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return spec;
  };
  if (weights.kind == WeightsChoice::Kind::kInitialised) {
    const ModelIdentity identity = identify(path, folders);
    opened.spec = resolve(identity.config);
    opened.checkpoint = initialise(opened.spec, identity, weights.seed);
  } else {
    opened.checkpoint = open_checkpoint(path, folders);
    opened.spec = resolve(opened.checkpoint->config());
  }
  if (weights.kind == WeightsChoice::Kind::kShuffled) {
    opened.checkpoint = shuffle(std::move(opened.checkpoint), opened.spec, weights.seed);
  }
  opened.binding = bind_weights(opened.spec, *opened.checkpoint);
  return opened;
}

}  // namespace lockstep
