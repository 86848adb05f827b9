#include "aligner/recording_scale.h"

#include "aligner/signal/standardisation.h"

namespace lockstep {

std::vector<float> standardise_recording(std::vector<float> data, int64_t num_sensors) {
  const auto width = static_cast<std::size_t>(num_sensors);
  std::vector<double> values(data.size() / width);
  for (std::size_t sensor = 0; sensor < width; ++sensor) {
    for (std::size_t row = 0; row < values.size(); ++row) {
      values[row] = static_cast<double>(data[row * width + sensor]);
    }
    const Location location = mean_and_deviation(values);
    for (std::size_t row = 0; row < values.size(); ++row) {
      data[row * width + sensor] =
          static_cast<float>((values[row] - location.centre) / location.scale);
    }
  }
  return data;
}

}  // namespace lockstep
