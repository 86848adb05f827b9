#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aligner/ridge/training_cells.h"
#include "aligner/time_grid.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// Where a word was heard: a row of a recording's data.
struct HeardWord {
  int64_t row = -1;           ///< of words.tsv; -1 if it cannot be used
  std::size_t recording = 0;  ///< of MegHeader::recordings
  int64_t sample = 0;         ///< nearest row of the data to the onset
  double onset_s = 0;         ///< seconds of the recording
};

/// Why a word that was asked for has no usable event in a subject's recordings.
enum class Unheard : uint8_t {
  kUsable,
  kNoEvent,
  kOutside,
  kEdge,
  kBadSegment,
  kDropped,
  kWindow,
  kNotFinite
};
inline constexpr std::size_t kNumUnheard = 8;
/// "no event in the recording", ...
const char* to_text(Unheard reason);

/// What one subject heard.
struct SubjectWords {
  std::string subject;
  std::vector<std::size_t> recordings;  ///< of MegHeader::recordings, in their order
  std::vector<HeardWord> words;         ///< by row of words.tsv
  std::vector<Unheard> reason;          ///< by row of words.tsv
  int64_t num_repeats = 0;              ///< events not used because the word was heard before
};

/// Subjects in order of their first recording.
std::vector<std::string> subjects_of(const MegHeader& header);

/// Rows of a recording in which a sensor that is used is NaN or infinite, as half-open stretches.
std::vector<RowRange> broken_rows(const std::vector<float>& data,
                                  std::size_t num_sensors,
                                  const std::vector<int64_t>& used);

/// The first event of every word that is valid and whose whole window (grid.first to grid.last
/// samples around the onset) lies in one valid segment and outside `broken` (by recording of the
/// header).
SubjectWords find_heard_words(const MegHeader& header,
                              const std::string& subject,
                              const TimeGrid& grid,
                              int64_t num_rows,
                              const std::vector<std::vector<RowRange>>& broken);

}  // namespace lockstep
