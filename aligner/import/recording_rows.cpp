#include "aligner/import/recording_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "aligner/signal/standardisation.h"
#include "base/workers.h"

namespace lockstep {
namespace {

constexpr int64_t kGroupBytes = int64_t{512} << 20;  // of one group's samples

std::size_t group_size(int64_t num_samples, std::size_t num_sensors) {
  const int64_t fits = kGroupBytes / (num_samples * static_cast<int64_t>(sizeof(double)));
  const int64_t even = std::max<int64_t>(fits / 2 * 2, 2);  // channels are filtered in pairs
  return std::min(static_cast<std::size_t>(even), num_sensors);
}

Location scale_of(const std::vector<double>& rows, const RecordingInfo& info) {
  std::vector<double> usable;
  for (const auto& [begin, end] : info.segments) {
    usable.insert(usable.end(), rows.begin() + begin, rows.begin() + end);
  }
  return median_and_quartiles(usable);
}

}  // namespace

SensorFacts make_rows(const RawRecording& recording,
                      const PlannedRecording& planned,
                      const RecordingInfo& info,
                      const ImportSettings& settings,
                      int num_threads,
                      const std::function<void(const RowBlock&)>& take) {
  const std::size_t num_sensors = planned.channels.size();
  SensorFacts facts{
      planned.bad, std::vector<double>(num_sensors, 0), std::vector<double>(num_sensors, 1)};
  for (uint8_t& finding : facts.finding) finding = finding != 0 ? kSensorBad : 0;
  const auto samples = static_cast<std::size_t>(planned.steps.num_samples);
  const std::size_t size = group_size(planned.steps.num_samples, num_sensors);
  for (std::size_t first = 0; first < num_sensors; first += size) {
    RowBlock block{first, std::min(size, num_sensors - first), {}};
    block.values.resize(static_cast<std::size_t>(info.num_samples) * block.num_sensors);
    const std::vector<double> raw =
        recording.read(std::span(planned.channels).subspan(first, block.num_sensors),
                       {0, planned.steps.num_samples});
    for_each_item(static_cast<int64_t>(block.num_sensors), num_threads, [&](int64_t item, int) {
      const auto column = static_cast<std::size_t>(item);
      const std::vector<double> rows =
          take_steps(std::span(raw).subspan(column * samples, samples), planned.steps);
      Location location;
      if (settings.scaling == SensorScaling::kRobust) location = scale_of(rows, info);
      facts.centre[first + column] = location.centre;
      facts.scale[first + column] = location.scale;
      for (std::size_t row = 0; row < rows.size(); ++row) {
        double value = (rows[row] - location.centre) / location.scale;
        if (settings.clamp > 0) value = std::clamp(value, -settings.clamp, settings.clamp);
        block.values[row * block.num_sensors + column] = static_cast<float>(value);
      }
    });
    take(block);
  }
  return facts;
}

}  // namespace lockstep
