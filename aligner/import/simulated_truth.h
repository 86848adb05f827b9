#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"
#include "aligner/import/import_settings.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// What was planted in recordings that `lockstep simulate` wrote.
struct SimulatedTruth {
  std::unique_ptr<PlantedTruth> truth;  ///< nothing if it may not be carried over
  std::vector<Provenance> parents;      ///< the simulation, if there is one
  std::vector<std::string> notes;       ///< why it is not carried over, one a line
};

/// The truth that meg.h5 may carry on: that of the simulation.json
/// (base/schemas/simulation_record.h) above the recordings, if all of them are of that one
/// simulation, the words are those of it, and rate and band are those for which its SNR and
/// reference latencies hold. Nothing, in silence, for recordings without such a file.
SimulatedTruth simulated_truth(const std::vector<RecordingFiles>& recordings,
                               const ImportSettings& settings,
                               const std::string& words_sha256);

}  // namespace lockstep
