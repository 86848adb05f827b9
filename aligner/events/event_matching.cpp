#include "aligner/events/event_matching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "aligner/datasets/known_datasets.h"
#include "base/text.h"
#include "base/utf8.h"
#include "stimuli/longest_common_subsequence.h"
#include "stimuli/unit_alignment.h"

namespace lockstep {
namespace {

constexpr std::size_t kRow = 3;             // words in a row that are no chance
constexpr double kLikeAStory = 0.3;         // share of a run's words that must stand in rows
constexpr double kLikeAgain = 0.5;          // of what is looked for again
constexpr std::size_t kShortestAgain = 5;   // words
constexpr double kSameMoment_s = 0.1;       // events and rows of one word, after their shift
constexpr double kMostAtTheirMoment = 0.8;  // share of words, for times to count

/// Half-open.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

/// A story, or a block of it, as rows of words.tsv.
struct Passage {
  std::string story;
  std::string block;
  Range rows;
};

using Symbols = std::map<std::u32string, int32_t>;

/// Words as symbols of their units: "red-headed" has two. Equal units have the same symbol.
class UnitSymbols {
 public:
  void add(const std::string& word, Symbols& symbols) {
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
  std::span<const int32_t> of(Range words) const {
    return std::span(symbols_).subspan(first_unit_[words.begin],
                                       first_unit_[words.end] - first_unit_[words.begin]);
  }
  std::size_t num_units(Range words) const { return of(words).size(); }
  /// The word that the unit at `at`, counted from the first of `words`, is part of.
  std::size_t word_of(Range words, std::size_t at) const {
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

class Matcher {
 public:
  Matcher(std::span<const HeardText> heard, const Words& words) : heard_(heard), words_(words) {
    matching_.row.assign(heard.size(), -1);
    for (const WordRow& row : words.rows) row_units_.add(row.word, symbols_);
    for (const HeardText& word : heard) heard_units_.add(word.text, symbols_);
    find_passages();
  }

  EventMatching match() {
    for (std::size_t begin = 0; begin < heard_.size();) {
      std::size_t end = begin;
      while (end < heard_.size() && heard_[end].run == heard_[begin].run) ++end;
      match_run({begin, end});
      begin = end;
    }
    return std::move(matching_);
  }

 private:
  void find_passages() {
    const auto& rows = words_.rows;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const bool is_new_story = row == 0 || rows[row].story != rows[row - 1].story;
      if (is_new_story) stories_.push_back({rows[row].story, "", {row, row}});
      stories_.back().rows.end = row + 1;
      if (is_new_story || rows[row].block != rows[row - 1].block) {
        blocks_.push_back({rows[row].story, rows[row].block, {row, row}});
      }
      blocks_.back().rows.end = row + 1;
    }
  }

  /// Pairs of units of a longest common subsequence that stand in rows of three, or as many as
  /// there are.
  std::vector<MatchedPair> pairs_in_rows(Range heard, Range rows) const {
    const auto pairs = longest_common_subsequence(heard_units_.of(heard), row_units_.of(rows));
    const std::size_t shortest =
        std::min({kRow, heard_units_.num_units(heard), row_units_.num_units(rows)});
    std::vector<MatchedPair> kept;
    for (std::size_t begin = 0; begin < pairs.size();) {
      std::size_t end = begin + 1;
      while (end < pairs.size() && pairs[end].left == pairs[end - 1].left + 1 &&
             pairs[end].right == pairs[end - 1].right + 1) {
        ++end;
      }
      if (end - begin >= shortest) {
        kept.insert(kept.end(),
                    pairs.begin() + static_cast<std::ptrdiff_t>(begin),
                    pairs.begin() + static_cast<std::ptrdiff_t>(end));
      }
      begin = end;
    }
    return kept;
  }

  double likeness(Range heard, Range rows) const {
    return static_cast<double>(pairs_in_rows(heard, rows).size()) /
           static_cast<double>(std::max<std::size_t>(heard_units_.num_units(heard), 1));
  }

  struct Place {
    Passage passage;
    double likeness = 0;
  };

  /// The story that some words are most like, or its block of the run's number.
  Place find_place(Range heard) const {
    Place best;
    for (const Passage& story : stories_) {
      const double like = likeness(heard, story.rows);
      if (like > best.likeness) best = {story, like};
    }
    const std::string run = to_text(heard_[heard.begin].run);
    for (const Passage& block : blocks_) {
      if (block.story != best.passage.story || !is_label(block.block, run)) continue;
      const double like = likeness(heard, block.rows);
      if (like >= 0.9 * best.likeness) return {block, like};
    }
    return best;
  }

  /// The rows between the first and the last that are surely meant, and as many before and behind
  /// as words are left.
  Range rows_around(Range heard, Range rows) const {
    const auto pairs = pairs_in_rows(heard, rows);
    const std::size_t before = pairs.front().left + kRow;
    const std::size_t behind = heard_units_.num_units(heard) - pairs.back().left + kRow;
    const std::size_t first = row_units_.word_of(rows, pairs.front().right);
    const std::size_t last = row_units_.word_of(rows, pairs.back().right);
    return {first > rows.begin + before ? first - before : rows.begin,
            std::min(rows.end, last + behind)};
  }

  void match_run(Range run) {
    std::vector<Range> left = {run};
    for (bool is_first = true; !left.empty(); is_first = false) {
      const Range heard = left.back();
      left.pop_back();
      const Place place = find_place(heard);
      if (place.likeness < (is_first ? kLikeAStory : kLikeAgain)) {
        if (is_first) {
          matching_.stretches.push_back({heard_[heard.begin].run,
                                         "",
                                         "",
                                         static_cast<int64_t>(heard.size()),
                                         0,
                                         place.likeness});
        }
        continue;
      }
      align(heard, place);
      add_unmatched(heard, left);
    }
    join_neighbours(run);
  }

  /// Words between passages that were found apart go with their neighbours, if they are the row
  /// before or behind.
  void join_neighbours(Range run) {
    for (std::size_t word = run.end; word-- > run.begin;) {
      if (word + 1 < run.end) join_neighbour(word, word + 1, -1, run);
    }
    for (std::size_t word = run.begin + 1; word < run.end; ++word) {
      join_neighbour(word, word - 1, 1, run);
    }
  }

  void join_neighbour(std::size_t word, std::size_t neighbour, int64_t step, Range run) {
    if (matching_.row[word] >= 0 || matching_.row[neighbour] < 0) return;
    const int64_t row = matching_.row[neighbour] + step;
    if (row < 0 || row >= static_cast<int64_t>(words_.rows.size())) return;
    const auto is_beside = [&](std::size_t other) {
      return other >= run.begin && other < run.end && matching_.row[other] == row;
    };
    const bool is_there = is_beside(word + 1) || (word > 0 && is_beside(word - 1));
    if (!is_there && heard_units_.is_equal(word, row_units_, static_cast<std::size_t>(row))) {
      matching_.row[word] = row;
    }
  }

  void add_unmatched(Range heard, std::vector<Range>& left) const {
    for (std::size_t begin = heard.begin; begin < heard.end;) {
      std::size_t end = begin;
      while (end < heard.end && matching_.row[end] < 0) ++end;
      if (end - begin >= kShortestAgain && end - begin < heard.size()) left.push_back({begin, end});
      begin = end + 1;
    }
  }

  void align(Range heard, const Place& place) {
    const Range rows = rows_around(heard, place.passage.rows);
    std::vector<std::u32string> written, spoken;
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      written.push_back(from_utf8(words_.rows[row].word, "words.tsv"));
    }
    for (std::size_t word = heard.begin; word < heard.end; ++word) {
      spoken.push_back(from_utf8(heard_[word].text, "event"));
    }
    const std::vector<MatchUnit> of_rows = units_of_words(written);
    const std::vector<MatchUnit> of_heard = units_of_words(spoken);
    std::vector<bool> is_taken(rows.size(), false);
    for (const UnitLink& link : align_units(of_rows, of_heard)) {
      if (link.kind == LinkKind::kUnlike) continue;
      for (std::size_t k = 0; k < std::max(link.num_written, link.num_spoken); ++k) {
        const std::size_t row = of_rows[link.written + std::min(k, link.num_written - 1)].word;
        const std::size_t word =
            heard.begin + of_heard[link.spoken + std::min(k, link.num_spoken - 1)].word;
        pair(word, row, rows, is_taken);
      }
    }
    settle_by_time(heard, rows, is_taken);
    MatchedStretch stretch{heard_[heard.begin].run,
                           place.passage.story,
                           place.passage.block,
                           static_cast<int64_t>(heard.size()),
                           0,
                           place.likeness};
    for (std::size_t word = heard.begin; word < heard.end; ++word) {
      stretch.num_matched += matching_.row[word] >= 0 ? 1 : 0;
    }
    matching_.stretches.push_back(std::move(stretch));
  }

  /// A word has one row, and a row one word: the first.
  void pair(std::size_t word, std::size_t row, Range rows, std::vector<bool>& is_taken) {
    if (matching_.row[word] >= 0) return;
    if (is_taken[row]) {
      ++matching_.num_parts;
      return;
    }
    is_taken[row] = true;
    matching_.row[word] = static_cast<int64_t>(rows.begin + row);
  }

  std::optional<double> delay(std::size_t word, std::size_t row) const {
    const double delay_s = heard_[word].onset_s - words_.rows[row].onset_s;
    return std::isnan(delay_s) ? std::nullopt : std::optional(delay_s);
  }

  /// The median of onset minus row's onset, if most words lie there.
  std::optional<double> common_delay(Range heard) const {
    std::vector<double> delays;
    for (std::size_t word = heard.begin; word < heard.end; ++word) {
      if (matching_.row[word] < 0) continue;
      const auto own = delay(word, static_cast<std::size_t>(matching_.row[word]));
      if (own) delays.push_back(*own);
    }
    if (delays.empty()) return std::nullopt;
    const auto middle = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2);
    std::nth_element(delays.begin(), middle, delays.end());
    const double median = *middle;
    const auto near = std::count_if(delays.begin(), delays.end(), [&](double own) {
      return std::abs(own - median) <= kSameMoment_s;
    });
    const bool agree =
        static_cast<double>(near) >= kMostAtTheirMoment * static_cast<double>(delays.size());
    return agree ? std::optional(median) : std::nullopt;
  }

  /// Moves words to an equal word's row that is free and of their moment.
  void settle_by_time(Range heard, Range rows, std::vector<bool>& is_taken) {
    const auto shift = common_delay(heard);
    if (!shift) return;
    const auto is_near = [&](std::size_t word, std::size_t row) {
      const auto own = delay(word, row);
      return own && std::abs(*own - *shift) <= kSameMoment_s;
    };
    for (bool has_moved = true; has_moved;) {
      has_moved = false;
      for (std::size_t word = heard.begin; word < heard.end; ++word) {
        if (matching_.row[word] < 0) continue;
        const auto row = static_cast<std::size_t>(matching_.row[word]);
        if (!delay(word, row) || is_near(word, row)) continue;
        const auto better = free_row_of_moment(word, row, rows, is_taken, is_near);
        if (!better) continue;
        is_taken[row - rows.begin] = false;
        is_taken[*better - rows.begin] = true;
        matching_.row[word] = static_cast<int64_t>(*better);
        ++matching_.num_by_time;
        has_moved = true;
      }
    }
  }

  template <class IsNear>
  std::optional<std::size_t> free_row_of_moment(std::size_t word,
                                                std::size_t row,
                                                Range rows,
                                                const std::vector<bool>& is_taken,
                                                const IsNear& is_near) const {
    constexpr std::size_t kFarthest = 50;
    const std::size_t first = row > rows.begin + kFarthest ? row - kFarthest : rows.begin;
    for (std::size_t at = first; at < std::min(rows.end, row + kFarthest + 1); ++at) {
      const bool is_equal = row_units_.is_equal(at, row_units_, row);
      if (is_equal && !is_taken[at - rows.begin] && is_near(word, at)) return at;
    }
    return std::nullopt;
  }

  std::span<const HeardText> heard_;
  const Words& words_;
  Symbols symbols_;
  UnitSymbols row_units_;
  UnitSymbols heard_units_;
  std::vector<Passage> stories_;
  std::vector<Passage> blocks_;
  EventMatching matching_;
};

}  // namespace

EventMatching match_events(std::span<const HeardText> heard, const Words& words) {
  if (words.rows.empty()) return {std::vector<int64_t>(heard.size(), -1), {}, 0, 0};
  return Matcher(heard, words).match();
}

}  // namespace lockstep
