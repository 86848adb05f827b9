#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// Which words a model reads before (and with) a target word.
///
/// A context of c words counts the rows of words.tsv that have a span, in text order, inside one
/// story, the target included. Sentences and blocks are crossed, stories are not. A row without a
/// span has no context and is not counted in the contexts of others. The window itself is
/// text[char_begin(first word), char_end(target)): whatever the text has in between, spoken or not,
/// is read too.
class ContextWindows {
 public:
  explicit ContextWindows(const Words& words);

  /// The row that starts the context of `context` words of `row`; the row itself for a context
  /// of 1. Nothing if the row has no span or its story has fewer words before it: a window is never
  /// shorter than asked for. `context` is 1 or more and `row` a row of the words, else
  /// Error(kProgram).
  std::optional<int64_t> first_word(int64_t row, int64_t context) const;

  /// The rows of story `story` (as numbered in Words::stories) that have a span, in text order.
  const std::vector<int64_t>& story_rows(std::size_t story) const;

  /// Where a row stands in the story_rows of its story, from 0; -1 without a span. A row at
  /// position p has contexts of up to p + 1 words.
  int64_t position(int64_t row) const;

  /// The story of a row, as numbered in Words::stories.
  std::size_t story_of(int64_t row) const;

 private:
  std::size_t checked(int64_t row) const;

  std::vector<std::vector<int64_t>> story_rows_;  // by story
  std::vector<std::size_t> story_;                // by row
  std::vector<int64_t> position_;                 // by row
};

}  // namespace lockstep
