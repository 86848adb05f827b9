#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/meg_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// How well the onsets of a run's words agree with those of words.tsv.
struct RunTiming {
  int64_t run = -1;
  std::string story;
  std::string block;
  int64_t num_words = 0;
  double start_s = 0;          ///< median of onset minus onset in words.tsv
  double spread_ms = 0;        ///< standard deviation of that difference
  double largest_ms = 0;       ///< largest distance from start_s
  double slope_ms_a_hour = 0;  ///< of the difference against time, by least squares
  int64_t num_far = 0;         ///< words farther than 50 ms from start_s
};

/// One for each run, story and block with at least 3 events whose row has an onset, in order of
/// their first event. Repeats of a word apart.
std::vector<RunTiming> time_runs(const std::vector<WordEvent>& events, const Words& words);

}  // namespace lockstep
