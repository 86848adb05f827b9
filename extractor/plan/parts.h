#pragma once

#include <cstdint>
#include <vector>

#include "extractor/plan/windows.h"

namespace lockstep {

/// Words next to each other at one context: a stretch of the file for each tap.
struct WordRun {
  int64_t context = 0;
  int64_t first_word = 0;
  int64_t count = 0;
  int64_t first_value = 0;  ///< values of the part in the runs before this one
  bool operator==(const WordRun&) const = default;
};

/// A piece of work with fixed contents: one batch through the model, and the values that come out
/// of it. Everything of it follows from the plan, so its bits do not depend on which worker, shard
/// or run does it.
struct PlannedPart {
  std::vector<int64_t>
      windows;  ///< numbers in WindowPlan::windows; of windows with the same tokens only the first
  int64_t cells_begin = 0;  ///< its values are WindowPlan::cells[cells_begin, cells_end)
  int64_t cells_end = 0;
  std::vector<int32_t> place;  ///< of each cell's window in `windows`; -1 where there is no value
  std::vector<int64_t>
      value;  ///< of each cell: its number among the part's values in the order of `runs`
  std::vector<WordRun> runs;  ///< by context, then word
  int64_t num_tokens = 0;     ///< in the batch, prefixes included
};

struct PartOptions {
  int64_t batch_tokens = 1024;  ///< a part has no more, unless one window does
  int64_t max_values = 4096;    ///< nor more values, unless one start does
};

/// Cuts the starts into parts, in order: consecutive starts, as many as fit. So the values of a
/// part lie next to each other in the file, and every batch is about full whatever the lengths of
/// its windows (batches are packed: order and likeness of lengths are worth nothing). A window
/// whose tokens are those of an earlier one of its part is not computed again: the text before the
/// target decides its value, and that text is the same.
std::vector<PlannedPart> pack_parts(const WindowPlan& plan, const PartOptions& options);

}  // namespace lockstep
