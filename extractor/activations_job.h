#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/journal.h"
#include "base/schemas/activations_file.h"
#include "extractor/plan/cost.h"
#include "extractor/plan/parts.h"
#include "models/model.h"

namespace lockstep {

/// Everything that determines activations.h5, and nothing else.
struct ActivationsJob {
  WindowPlan plan;
  std::vector<PlannedPart> parts;
  Pooling pooling = Pooling::kMean;
  std::optional<std::vector<uint8_t>> boundaries;  ///< word_boundaries(), for the predictions
  ActivationsHeader header;
  std::string key;                ///< a hash of all that determines the result
  std::vector<BlockCost> blocks;  ///< what is run: for the rates that people are shown
};

struct JobOptions {
  std::filesystem::path output;
  Shard shard;
  int workers = 1;
};

/// Does the job's parts that are left: `workers` threads take one part after the other, run it
/// through the model and write it at its place, so that a killed run is continued by the same call
/// and the finished file is the same, byte for byte, however many workers, shards and runs it took.
/// True if the file is whole; false if other shards still have parts to do. Throws Error(kData) if
/// the disk has no room for what is left.
bool fill_activations(const ActivationsJob& job,
                      const LanguageModel& model,
                      const JobOptions& options);

}  // namespace lockstep
