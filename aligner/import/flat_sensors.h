#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// A channel whose samples are those of one before it.
struct CopiedChannel {
  std::size_t place;
  std::size_t original;
};

/// Dead channels, as places in the list that was looked at.
struct FlatSensors {
  std::vector<std::size_t> constant;
  std::vector<CopiedChannel> copies;
};

/// Looks at four windows of a quarter of a second, spread evenly over the recording: channels that
/// are constant in each, and channels equal to another in all. Import looks at every sample, but
/// only after what counts as bad is settled.
FlatSensors find_flat_sensors(const RawRecording& recording, std::span<const std::size_t> channels);

}  // namespace lockstep
