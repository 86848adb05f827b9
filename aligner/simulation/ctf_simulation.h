#pragma once

#include <cstdint>
#include <filesystem>

#include "aligner/simulation/simulation.h"

namespace lockstep {

struct CtfSimulationOptions {
  int64_t rate_hz = 1200;                         ///< of the recordings
  int64_t largest_file = (int64_t{1} << 31) - 1;  ///< bytes of a .meg4 file

  /// Throws Error(kCommandLine) naming option and value.
  void check() const;
};
inline constexpr double kTrial_s = 10;

/// What a simulation needs for raw recordings beside its other options: 25 s before the first and
/// after the last word, 12 s between blocks, whole trials.
void lay_out_for_ctf(SimulationOptions& options);

/// Writes raw recordings as the data set of Armeni et al. 2022 has them:
///   simulation.json                                   what was planted, see simulation_record.h
///   dataset_description.json, participants.tsv
///   sub-00X/ses-00Y/sub-00X_ses-00Y_scans.tsv         a session a story
///   sub-00X/ses-00Y/meg/sub-00X_ses-00Y_task-compr_meg.ds, _events.tsv, _channels.tsv, _meg.json
/// Channels: UPPT001 (triggers), SCLK01-177 (clock), 29 references, the sensors of the helmet,
/// UADC003-2901 (sound). Trials of 10 s. Recordings are at grade 0; the far field (drifts, mains)
/// is on the references too, so that other grades can be computed.
///
/// The folder is made as `output`.partial and renamed when it is whole. A simulation that was cut
/// off goes on with the recording it was at; a partial folder of another simulation throws
/// Error(kCommandLine). The same simulation gives the same bytes whatever the threads.
void write_ctf_simulation(const Simulation& simulation,
                          const Words& words,
                          const SimulationOptions& options,
                          const CtfSimulationOptions& ctf,
                          const Provenance& provenance,
                          const std::filesystem::path& output,
                          int num_threads);

}  // namespace lockstep
