#include "aligner/events/unheard_words.h"

#include <algorithm>

namespace lockstep {
namespace {

/// Of the rows `begin` to `end` - 1, which are a block.
int64_t unheard_in(const std::vector<uint8_t>& is_heard, std::size_t begin, std::size_t end) {
  std::size_t count = 0, first = end, last = begin;
  for (std::size_t row = begin; row < end; ++row) {
    if (is_heard[row] == 0) continue;
    ++count;
    first = std::min(first, row);
    last = row;
  }
  if (2 * count >= end - begin) return static_cast<int64_t>(end - begin - count);
  return count > 0 ? static_cast<int64_t>(last + 1 - first - count) : 0;
}

}  // namespace

int64_t count_unheard(const std::vector<WordEvent>& events, const Words& words) {
  const auto& rows = words.rows;
  std::vector<uint8_t> is_heard(rows.size(), 0);
  for (const WordEvent& event : events) {
    if (event.word >= 0) is_heard[static_cast<std::size_t>(event.word)] = 1;
  }
  int64_t unheard = 0;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end].story == rows[begin].story &&
           rows[end].block == rows[begin].block) {
      ++end;
    }
    unheard += unheard_in(is_heard, begin, end);
    begin = end;
  }
  return unheard;
}

}  // namespace lockstep
