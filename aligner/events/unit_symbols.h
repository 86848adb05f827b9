#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "stimuli/match_units.h"

namespace lockstep {

/// Half-open range of words.
struct WordRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

/// Units -> their symbols.
using UnitNumbers = std::map<std::u32string, int32_t>;

/// Words as symbols of their units: "red-headed" has two. Equal units have the same symbol.
class UnitSymbols {
 public:
  void add(const std::string& word, UnitNumbers& symbols) {
    const std::array spelt = {from_utf8(word, "word")};
    for (const MatchUnit& unit : units_of_words(spelt)) {
      const auto next = static_cast<int32_t>(symbols.size());
      symbols_.push_back(symbols.emplace(unit.key, next).first->second);
      word_.push_back(num_words());
    }
    first_unit_.push_back(symbols_.size());
  }

  std::size_t num_words() const { return first_unit_.size() - 1; }
  /// Of words.
  std::span<const int32_t> of(WordRange words) const {
    return std::span(symbols_).subspan(first_unit_[words.begin],
                                       first_unit_[words.end] - first_unit_[words.begin]);
  }
  std::size_t num_units(WordRange words) const { return of(words).size(); }
  /// The word that the unit at `at`, counted from the first of `words`, is part of.
  std::size_t word_of(WordRange words, std::size_t at) const {
    return word_[first_unit_[words.begin] + at];
  }
  bool is_equal(std::size_t left, const UnitSymbols& other, std::size_t right) const {
    const auto mine = of({left, left + 1});
    const auto theirs = other.of({right, right + 1});
    return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end());
  }

 private:
  std::vector<int32_t> symbols_;
  std::vector<std::size_t> word_;
  std::vector<std::size_t> first_unit_ = {0};
};

}  // namespace lockstep
