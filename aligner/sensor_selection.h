#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/meg_file.h"

namespace lockstep {

/// The sensors that enter the fit, and how many were left out because they are bad.
struct SensorSelection {
  std::vector<int64_t> sensors;  ///< columns of the data, ascending
  int64_t num_bad = 0;           ///< of the group, marked bad
};

/// `group` is "all" (every sensor but references), "gradiometers", "magnetometers", "eeg", or a
/// text file with one name a line. Throws Error(kCommandLine) for an unknown group, Error(kData)
/// for an unknown name or if none is left.
SensorSelection select_sensors(const std::vector<Sensor>& sensors, const std::string& group);

}  // namespace lockstep
