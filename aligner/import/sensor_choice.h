#pragma once

#include <string>
#include <vector>

#include "aligner/recordings/raw_recording.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// The channels of one recording that `group` asks for.
struct RecordingSensors {
  std::string recording;
  std::vector<std::size_t> channels;  ///< indices of its header
  std::vector<Sensor> sensors;        ///< one a channel, under clean names
};

/// `group` is "gradiometers" (axial and planar), "magnetometers", "meg" (all at the head),
/// "meg+ref", "eeg", or kinds of channel as name_of(ChannelKind) has them, with commas. `bad` are
/// clean names called bad beside the recording. Throws Error(kCommandLine) for an unknown group,
/// Error(kData) naming the kinds there are if the recording has none of it, or if two channels
/// share a clean name.
RecordingSensors choose_sensors(const std::string& recording,
                                const RawHeader& header,
                                const std::string& group,
                                const std::vector<std::string>& bad);

/// The sensors that all recordings have, in the order of the first.
struct CommonSensors {
  std::vector<Sensor> sensors;                     ///< bad if bad in any recording
  std::vector<std::vector<std::size_t>> channels;  ///< of each recording: one a sensor
  std::vector<std::string>
      notes;  ///< sensors left out, and bad ones, with the recordings; one a line
};

/// Matches by clean name. Throws Error(kData) if no sensor is common to all, or if one has
/// different kinds or units.
CommonSensors common_sensors(const std::vector<RecordingSensors>& recordings);

/// One entry a sensor: whether this recording calls it bad.
std::vector<uint8_t> bad_sensors_of(const std::vector<Sensor>& common,
                                    const RecordingSensors& recording);

}  // namespace lockstep
