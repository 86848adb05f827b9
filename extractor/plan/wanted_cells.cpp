#include "extractor/plan/wanted_cells.h"

#include <algorithm>
#include <tuple>

namespace lockstep {
namespace {

// Values that are not there begin below 0, each context and target elsewhere: a start is one piece
// of work, and there may be many of them.

/// Where a window of the running text's tokens begins; below 0 if the context is not available.
int64_t first_token(const StoryTokens& story, const ContextInfo& context, std::size_t place) {
  if (context.tokens > 0) {
    const auto own = story.matched.of(place);
    const int64_t first = own.back() + 1 - context.tokens;
    return first <= own.front() ? first : -1 - static_cast<int64_t>(place);
  }
  const auto first_word =
      context.words > 0 ? static_cast<int64_t>(place) + 1 - context.words : int64_t{0};
  return first_word < 0 ? first_word
                        : story.matched.first_from[static_cast<std::size_t>(first_word)];
}

void locate_tokens(const StoryTokens& story, const ContextInfo& context, WantedCell& cell) {
  const auto own = story.matched.of(cell.place);
  if (own.empty()) {
    // It has no value; whether its context would be there is counted all the same.
    cell.is_available = static_cast<int64_t>(cell.place) + 1 >= context.words;
    cell.start = -1 - static_cast<int64_t>(cell.place);
    return;
  }
  cell.start = first_token(story, context, cell.place);
  cell.is_available = cell.start >= 0;
  cell.last = own.back();
}

void locate_words(const ContextInfo& context, WantedCell& cell) {
  cell.last = static_cast<int64_t>(cell.place);
  cell.start = context.words > 0 ? cell.last + 1 - context.words : 0;
  cell.is_available = cell.start >= 0;
}

}  // namespace

std::vector<WantedCell> wanted_cells(const StoryTokens& story,
                                     const WindowOptions& options,
                                     std::span<const int64_t> word_from_row) {
  std::vector<WantedCell> cells;
  for (std::size_t place = 0; place < story.rows.size(); ++place) {
    const int64_t word = word_from_row[static_cast<std::size_t>(story.rows[place])];
    if (word < 0) continue;
    for (std::size_t context = 0; context < options.contexts.size(); ++context) {
      WantedCell cell{.context = context, .place = place, .word = word};
      if (options.text == WindowText::kSlice) {
        locate_tokens(story, options.contexts[context], cell);
      } else {
        locate_words(options.contexts[context], cell);
      }
      cells.push_back(cell);
    }
  }
  std::sort(cells.begin(), cells.end(), [](const WantedCell& left, const WantedCell& right) {
    return std::tuple(left.start, left.last, left.place, left.context) <
           std::tuple(right.start, right.last, right.place, right.context);
  });
  return cells;
}

}  // namespace lockstep
