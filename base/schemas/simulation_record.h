#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/schemas/meg_file.h"

namespace lockstep {

/// simulation.json, at the top of a folder of raw recordings that `lockstep simulate` wrote: what
/// was planted, and for which import its SNR and reference latencies hold.
struct SimulationRecord {
  PlantedTruth truth;
  double import_rate_hz = 30;
  double band_low_hz = 0.1;
  double band_high_hz = 20;
  std::string words_sha256;
  Provenance provenance;
};
inline constexpr const char* kSimulationRecord = "simulation.json";

void write_simulation_record(const std::filesystem::path& file, const SimulationRecord& record);
/// Throws Error(kData) naming the member that is wrong.
SimulationRecord read_simulation_record(const std::filesystem::path& file);
/// The record of the folder that a recording lies in, up to four levels above it (meg/, session,
/// subject, data set); nothing if there is none.
std::optional<std::filesystem::path> find_simulation_record(const std::filesystem::path& recording);

}  // namespace lockstep
