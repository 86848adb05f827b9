#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "aligner/recordings/raw_recording.h"
#include "aligner/signal/signal_steps.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// `from` * ratio = `to`, in lowest terms. Throws Error(kCommandLine) if numbers above 2^53 come
/// out, which no recording has.
RateRatio ratio_of(const SamplingRate& from, const SamplingRate& to);

/// Rows whose times lie on recorded samples outside all bad stretches: half-open, in order.
/// `recorded` and `bad` are ranges of samples; row k is at sample k * down / up.
std::vector<std::pair<int64_t, int64_t>> usable_rows(const std::vector<SampleRange>& recorded,
                                                     const std::vector<BadStretch>& bad,
                                                     const RateRatio& ratio,
                                                     int64_t num_rows);

/// How many valid events were found in a place where they cannot be used, or only with care.
struct EventPlaces {
  int64_t beyond_rows = 0;
  int64_t outside_segments = 0;
  int64_t near_edge = 0;
};

/// Sets reason and near_edge of the recording's valid events from its rows, segments and
/// filter_half_length_s; `stretches` are what was filtered in one go, in seconds.
EventPlaces place_events(RecordingInfo& recording,
                         const std::vector<std::pair<double, double>>& stretches_s);

}  // namespace lockstep
