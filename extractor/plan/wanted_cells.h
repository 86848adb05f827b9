#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "extractor/plan/story_tokens.h"
#include "extractor/plan/windows.h"

namespace lockstep {

/// A value that is asked for, and where its window lies: in tokens of the running text, or, with
/// WindowText::kString, in places of words.
struct WantedCell {
  int64_t start = -1;        ///< where it begins; below 0 if there is no value
  int64_t last = -1;         ///< the target's last token, or the target
  std::size_t context = 0;   ///< number in WindowOptions::contexts
  std::size_t place = 0;     ///< of the target in the story
  int64_t word = 0;          ///< number in WindowPlan::words
  bool is_available = true;  ///< the story has as much before the target; a word without tokens is
                             ///< available and has no value all the same
};

/// Every context of the words of a story that are extracted (`word_from_row`: number in
/// WindowPlan::words, or -1), by start, then by end. A context in tokens that is shorter than its
/// target is not available.
std::vector<WantedCell> wanted_cells(const StoryTokens& story,
                                     const WindowOptions& options,
                                     std::span<const int64_t> word_from_row);

}  // namespace lockstep
