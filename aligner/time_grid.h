#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/meg_file.h"

namespace lockstep {

/// The times after word onset at which there is a fit: whole samples `first` to `first + count - 1`
/// of the recording.
struct TimeGrid {
  int64_t first = 0;
  int64_t count = 0;
  int64_t rate_numerator = 30;
  int64_t rate_denominator = 1;

  double rate_hz() const {
    return static_cast<double>(rate_numerator) / static_cast<double>(rate_denominator);
  }
  int64_t last() const { return first + count - 1; }
  std::vector<double> times_s() const;
};

/// "A:B" in seconds, or one time: samples round(A * rate) .. round(B * rate), both ends included as
/// mne.Epochs has them
/// (-2.5:3 at 30 Hz are 166), or without the last (`end` "excluded"). Halves round to even, as
/// numpy and MNE round. Throws Error(kCommandLine).
TimeGrid make_time_grid(const std::string& times,
                        const std::string& end,
                        const RecordingInfo& recording);

/// The row of the recording nearest to a time of it; halves round to even.
int64_t nearest_row(const RecordingInfo& recording, double time_s);

}  // namespace lockstep
