#pragma once

#include <cstdint>
#include <vector>

namespace lockstep {

/// A recording with every sensor at mean 0 and standard deviation 1 over all its rows
/// (mean_and_deviation(): NaN does not count, a constant sensor becomes 0). `data` is rows x
/// sensors.
std::vector<float> standardise_recording(std::vector<float> data, int64_t num_sensors);

}  // namespace lockstep
