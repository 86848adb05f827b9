// Times of samples as rows of the new rate, in whole numbers.
#include "aligner/import/row_grid.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace lockstep {
namespace {

using Wide = __int128;  // samples x rates do not fit 64 bits

/// The first row at or after a sample.
int64_t row_from(int64_t sample, const RateRatio& ratio) {
  const Wide rows = Wide{sample} * ratio.up;
  return static_cast<int64_t>((rows + ratio.down - 1) / ratio.down);
}

std::vector<SampleRange> without_bad(const std::vector<SampleRange>& recorded,
                                     const std::vector<BadStretch>& bad) {
  std::vector<SampleRange> cuts;
  for (const BadStretch& stretch : bad) cuts.push_back(stretch.samples);
  std::sort(
      cuts.begin(), cuts.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<SampleRange> usable;
  for (SampleRange range : recorded) {
    for (const SampleRange& cut : cuts) {
      if (cut.end <= range.first || cut.first >= range.end) continue;
      if (cut.first > range.first) usable.push_back({range.first, cut.first});
      range.first = cut.end;
    }
    if (range.first < range.end) usable.push_back(range);
  }
  return usable;
}

}  // namespace

RateRatio ratio_of(const SamplingRate& from, const SamplingRate& to) {
  constexpr Wide kLargest = Wide{1} << 53;
  Wide up = Wide{to.numerator} * from.denominator;
  Wide down = Wide{to.denominator} * from.numerator;
  for (Wide a = up, b = down;;) {
    if (b == 0) {
      up /= a;
      down /= a;
      break;
    }
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  if (up > kLargest || down > kLargest) {
    fail(Blame::kCommandLine,
         "--rate {}/{}: of a recording at {}/{} samples a second: no ratio of small numbers; "
         "another rate is wanted",
         to.numerator,
         to.denominator,
         from.numerator,
         from.denominator);
  }
  return {static_cast<int64_t>(up), static_cast<int64_t>(down)};
}

std::vector<std::pair<int64_t, int64_t>> usable_rows(const std::vector<SampleRange>& recorded,
                                                     const std::vector<BadStretch>& bad,
                                                     const RateRatio& ratio,
                                                     int64_t num_rows) {
  std::vector<std::pair<int64_t, int64_t>> rows;
  for (const SampleRange& range : without_bad(recorded, bad)) {
    // Rows at range.first or later and at the last sample, range.end - 1, or earlier.
    const int64_t begin = row_from(range.first, ratio);
    const auto last = static_cast<int64_t>(Wide{range.end - 1} * ratio.up / ratio.down);
    const int64_t end = std::min(last + 1, num_rows);
    if (begin >= end) continue;
    rows.emplace_back(begin, end);
  }
  return rows;
}

EventPlaces place_events(RecordingInfo& recording,
                         const std::vector<std::pair<double, double>>& stretches_s) {
  EventPlaces places;
  for (WordEvent& event : recording.events) {
    if (event.reason != EventReason::kValid) continue;
    const auto row = static_cast<int64_t>(
        std::nearbyint((event.onset_s - recording.start_s) * recording.rate_hz()));
    if (row < 0 || row >= recording.num_samples) {
      event.reason = EventReason::kEdge;
      ++places.beyond_rows;
      continue;
    }
    const bool inside = std::any_of(
        recording.segments.begin(), recording.segments.end(), [row](const auto& segment) {
          return row >= segment.first && row < segment.second;
        });
    if (!inside) {
      event.reason = EventReason::kBadSegment;
      ++places.outside_segments;
      continue;
    }
    event.near_edge = std::any_of(stretches_s.begin(), stretches_s.end(), [&](const auto& stretch) {
      if (event.onset_s < stretch.first || event.onset_s > stretch.second) return false;
      return event.onset_s - stretch.first < recording.filter_half_length_s ||
             stretch.second - event.onset_s < recording.filter_half_length_s;
    });
    if (event.near_edge) ++places.near_edge;
  }
  return places;
}

}  // namespace lockstep
