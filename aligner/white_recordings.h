#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aligner/heard_words.h"
#include "aligner/ridge/whitening.h"
#include "aligner/time_grid.h"

namespace lockstep {

/// A subject's recordings as stored: by recording of the header, rows x all sensors; empty for
/// those of others.
struct RecordedSamples {
  const std::vector<std::vector<float>>& recordings;
  int64_t num_sensors = 0;             ///< that a row holds
  const std::vector<int64_t>& chosen;  ///< sensors that are used
};

/// words x chosen sensors at `lag` samples after the onsets.
InputRows gather(const RecordedSamples& samples, std::span<const HeardWord> words, int64_t lag);

/// Whitened recordings of a subject: what every time gathers its inputs from.
struct WhiteRecordings {
  Whitening map;
  std::vector<WhiteRows> samples;  ///< by recording of the header

  /// By place: the word order[place] at `lag` samples after its onset.
  WhiteRows gather(std::span<const HeardWord> words,
                   std::span<const int64_t> order,
                   int64_t lag) const;
};

/// Whitens the recordings once for all times of the grid, by the words at eight of its times. None
/// where that would not pay (fewer inputs than samples) or a sensor is constant at these times but
/// not at all others: then each time is whitened by itself. `words` are all that are analysed.
std::optional<WhiteRecordings> whiten_recordings(const RecordedSamples& samples,
                                                 std::span<const HeardWord> words,
                                                 const TimeGrid& grid,
                                                 int num_threads);

}  // namespace lockstep
