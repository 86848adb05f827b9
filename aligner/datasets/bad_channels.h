#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"
#include "aligner/recordings/raw_recording.h"

namespace lockstep {

struct BadChannels {
  std::vector<std::size_t> channels;  ///< of the recording, ascending: those that it calls bad
                                      ///< itself, and those of RecordingFiles::bad_sensors
  std::vector<std::string> notes;     ///< names that are no channel's; what a beginning stands for
};

/// The channels that count as bad, of whatever kind. Capitals do not matter, nor do blanks ("MEG
/// 0113" is "MEG0113").
BadChannels find_bad_channels(const RecordingFiles& files, const RawHeader& header);

}  // namespace lockstep
