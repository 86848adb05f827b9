#pragma once

#include <functional>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"
#include "aligner/events/recording_events.h"
#include "aligner/import/import_settings.h"
#include "aligner/recordings/open_recording.h"
#include "aligner/signal/signal_steps.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// Finds the events of a recording.
using EventReader = std::function<RecordingEvents(const RecordingFiles&, const RawRecording&)>;

/// What is imported, and out of what.
struct ImportInputs {
  std::vector<RecordingFiles> recordings;
  OpenOptions open;
  EventReader read_events;  ///< nothing: no events
  std::string words_sha256;
  std::vector<Provenance> parents;                          ///< the words
  nlohmann::json event_options = nlohmann::json::object();  ///< for provenance
};

struct PlannedRecording {
  RecordingFiles files;
  std::vector<std::size_t> channels;  ///< of the raw recording, one a sensor of the header
  std::vector<uint8_t> bad;           ///< one a sensor: bad in this recording
  SignalSteps steps;
};

/// Everything but the samples.
struct ImportPlan {
  MegHeader header;  ///< complete, provenance included
  std::vector<PlannedRecording> recordings;
  ImportSettings settings;
  OpenOptions open;
  std::vector<std::string> notes;     ///< decisions, one a line
  std::vector<std::string> warnings;  ///< what a user may not expect, one a line
};

/// Opens every recording, chooses sensors, designs filters, places events. Notes and warnings are
/// in the provenance too. Throws Error as choose_sensors, common_sensors, band_pass, notch and the
/// readers do, and Error(kData) for two recordings of one name or without samples.
ImportPlan plan_import(const ImportInputs& inputs, const ImportSettings& settings);

/// The recording with the gradient compensation that was planned.
std::unique_ptr<RawRecording> open_planned(const RecordingFiles& files,
                                           const ImportSettings& settings,
                                           const OpenOptions& open);

}  // namespace lockstep
