// The longest common subsequence in linear memory: the left sequence is halved, one row of common
// lengths from each end tells where the right one is to be cut, and both halves are solved alike.
#include "stimuli/longest_common_subsequence.h"

#include <algorithm>
#include <bit>

namespace lockstep {
namespace {

constexpr std::size_t kBits = 64;
constexpr uint64_t kAll = ~uint64_t{0};

enum class Direction { kForward, kBackward };

/// lengths[j] is the length of the longest common subsequence of all of `left` and the first j
/// symbols of `right`, both read in the given direction. Hyyro's row: a 0 bit at j says that
/// lengths[j + 1] = lengths[j] + 1; a symbol of `left` moves the row by row = (row + (row & where))
/// | (row & ~where), `where` being its places in `right`.
class LengthRow {
 public:
  explicit LengthRow(std::size_t num_symbols) : places_(num_symbols) {}

  std::vector<std::size_t> lengths(std::span<const int32_t> left,
                                   std::span<const int32_t> right,
                                   Direction direction) {
    const auto symbol = [direction](std::span<const int32_t> all, std::size_t at) {
      return static_cast<std::size_t>(
          all[direction == Direction::kForward ? at : all.size() - 1 - at]);
    };
    for (std::size_t at = 0; at < right.size(); ++at) places_[symbol(right, at)].push_back(at);
    row_.assign((right.size() + kBits - 1) / kBits, kAll);
    for (std::size_t at = 0; at < left.size(); ++at) advance(places_[symbol(left, at)]);
    std::vector<std::size_t> lengths(right.size() + 1, 0);
    for (std::size_t at = 0; at < right.size(); ++at) {
      lengths[at + 1] = lengths[at] + ((row_[at / kBits] >> (at % kBits) & 1U) == 0 ? 1 : 0);
    }
    for (const int32_t used : right) places_[static_cast<std::size_t>(used)].clear();
    return lengths;
  }

 private:
  void advance(const std::vector<std::size_t>& where) {
    if (where.empty()) return;
    uint64_t carry = 0;
    std::size_t next = 0;
    for (std::size_t word = where.front() / kBits; word < row_.size(); ++word) {
      uint64_t mask = 0;
      for (; next < where.size() && where[next] / kBits == word; ++next)
        mask |= uint64_t{1} << (where[next] % kBits);
      if (mask == 0 && carry == 0) {
        if (next == where.size()) return;
        continue;
      }
      const uint64_t old = row_[word];
      const uint64_t chosen = old & mask;
      uint64_t sum = old + chosen;
      uint64_t overflow = sum < old ? 1 : 0;
      sum += carry;
      if (sum < carry) overflow = 1;
      row_[word] = sum | (old & ~mask);
      carry = overflow;
    }
  }

  std::vector<std::vector<std::size_t>> places_;  // of each symbol in the right sequence, ascending
  std::vector<uint64_t> row_;
};

struct Search {
  std::span<const int32_t> left;
  std::span<const int32_t> right;
  LengthRow row;
  std::vector<MatchedPair> pairs;

  void solve(std::size_t left_begin,
             std::size_t left_end,
             std::size_t right_begin,
             std::size_t right_end) {
    while (left_begin < left_end && right_begin < right_end &&
           left[left_begin] == right[right_begin]) {
      pairs.push_back({left_begin++, right_begin++});
    }
    std::size_t num_equal = 0;  // at the end
    while (left_begin < left_end && right_begin < right_end &&
           left[left_end - 1] == right[right_end - 1]) {
      --left_end;
      --right_end;
      ++num_equal;
    }
    if (left_end - left_begin == 1) {
      const auto found = std::find(right.begin() + static_cast<std::ptrdiff_t>(right_begin),
                                   right.begin() + static_cast<std::ptrdiff_t>(right_end),
                                   left[left_begin]);
      const auto at = static_cast<std::size_t>(found - right.begin());
      if (at < right_end) pairs.push_back({left_begin, at});
    } else if (left_begin < left_end && right_begin < right_end) {
      divide(left_begin, left_end, right_begin, right_end);
    }
    for (std::size_t k = 0; k < num_equal; ++k) pairs.push_back({left_end + k, right_end + k});
  }

  void divide(std::size_t left_begin,
              std::size_t left_end,
              std::size_t right_begin,
              std::size_t right_end) {
    const std::size_t middle = left_begin + (left_end - left_begin) / 2;
    const std::size_t width = right_end - right_begin;
    const auto of_right = right.subspan(right_begin, width);
    const auto before =
        row.lengths(left.subspan(left_begin, middle - left_begin), of_right, Direction::kForward);
    const auto behind =
        row.lengths(left.subspan(middle, left_end - middle), of_right, Direction::kBackward);
    std::size_t cut = 0;
    for (std::size_t at = 0; at <= width; ++at) {
      if (before[at] + behind[width - at] > before[cut] + behind[width - cut]) cut = at;
    }
    solve(left_begin, middle, right_begin, right_begin + cut);
    solve(middle, left_end, right_begin + cut, right_end);
  }
};

}  // namespace

std::vector<MatchedPair> longest_common_subsequence(std::span<const int32_t> left,
                                                    std::span<const int32_t> right) {
  int32_t largest = -1;
  for (const int32_t symbol : left) largest = std::max(largest, symbol);
  for (const int32_t symbol : right) largest = std::max(largest, symbol);
  Search search{left, right, LengthRow(static_cast<std::size_t>(largest + 1)), {}};
  search.solve(0, left.size(), 0, right.size());
  return search.pairs;
}

}  // namespace lockstep
