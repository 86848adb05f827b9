#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// The values that a stimulus channel rises to, as mne.find_events finds them: samples, rounded,
/// that are larger than the one before. Of more than 64 values the rest is counted.
struct TriggerSummary {
  std::string channel;
  int64_t num_onsets = 0;
  std::map<int64_t, int64_t> count_of_value;
  int64_t num_other_values = 0;  ///< onsets of values beyond the first 64
};

/// Markers of one text.
struct MarkerSummary {
  std::string text;
  int64_t count = 0;
  double first_s = 0;  ///< the earliest
  double last_s = 0;
};

/// What is worth knowing before a recording is imported.
struct RecordingDescription {
  std::string name;  ///< of file or folder
  RawHeader header;
  std::vector<TriggerSummary> triggers;  ///< one a stimulus channel
  std::vector<MarkerSummary> markers;    ///< by first appearance
  int64_t num_markers_out_of_order = 0;  ///< that begin before the one before them in the file
  int64_t num_markers_outside = 0;       ///< that begin before the first sample or after the last
  int64_t num_same_onset = 0;            ///< that begin at the same sample as one before
};

/// Reads the stimulus channels; memory does not grow with the length.
RecordingDescription describe_recording(const std::string& name, const RawRecording& recording);

/// For a terminal.
std::string in_words(const RecordingDescription& description);
nlohmann::ordered_json as_json(const RecordingDescription& description);

}  // namespace lockstep
