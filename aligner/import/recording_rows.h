#pragma once

#include <functional>
#include <span>
#include <vector>

#include "aligner/import/import_plan.h"
#include "aligner/recordings/raw_recording.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// Rows of some neighbouring sensors: row x sensor.
struct RowBlock {
  std::size_t first_sensor = 0;
  std::size_t num_sensors = 0;
  std::vector<float> values;
};

/// Filters, resamples, scales and clamps every channel of a recording. The sensors come in groups,
/// each read in one pass over the recording; `take` gets their rows, group after group. A group's
/// size follows from the recording's length alone.
SensorFacts make_rows(const RawRecording& recording,
                      const PlannedRecording& planned,
                      const RecordingInfo& info,
                      const ImportSettings& settings,
                      int num_threads,
                      const std::function<void(const RowBlock&)>& take);

}  // namespace lockstep
