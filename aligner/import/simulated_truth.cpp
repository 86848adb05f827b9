#include "aligner/import/simulated_truth.h"

#include <set>

#include "base/schemas/simulation_record.h"
#include "base/text.h"

namespace lockstep {
namespace {

bool holds_for(const SimulationRecord& record, const ImportSettings& settings) {
  return settings.rate && settings.rate->hz() == record.import_rate_hz &&
         settings.band.low_hz == record.band_low_hz && settings.band.high_hz == record.band_high_hz;
}

}  // namespace

SimulatedTruth simulated_truth(const std::vector<RecordingFiles>& recordings,
                               const ImportSettings& settings,
                               const std::string& words_sha256) {
  SimulatedTruth found;
  std::set<std::filesystem::path> files;
  std::size_t num_simulated = 0;
  for (const RecordingFiles& recording : recordings) {
    const auto file = find_simulation_record(recording.recording);
    if (!file) continue;
    files.insert(*file);
    ++num_simulated;
  }
  if (files.empty()) return found;
  if (files.size() > 1 || num_simulated < recordings.size()) {
    found.notes.push_back(
        text("{} of {} recordings are simulated, by {} simulations: their truth is left out",
             num_simulated,
             recordings.size(),
             files.size()));
    return found;
  }
  const SimulationRecord record = read_simulation_record(*files.begin());
  found.parents = {as_parent(record.provenance, *files.begin())};
  if (record.words_sha256 != words_sha256) {
    found.notes.push_back("the recordings are simulated from other words: their truth is left out");
  } else if (!holds_for(record, settings)) {
    found.notes.push_back(
        text("the recordings are simulated for an import to {} samples a second and {} to {} Hz: "
             "their truth is left out",
             record.import_rate_hz,
             record.band_low_hz,
             record.band_high_hz));
  } else {
    found.truth = std::make_unique<PlantedTruth>(record.truth);
  }
  return found;
}

}  // namespace lockstep
