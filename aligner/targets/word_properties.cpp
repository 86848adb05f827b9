// Control targets: properties of words that any timed transcript has.
#include "aligner/targets/word_properties.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "aligner/targets/word_set.h"
#include "aligner/targets/word_types.h"
#include "base/error.h"
#include "base/utf8.h"

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool same_block(const WordRow& a, const WordRow& b) {
  return a.story == b.story && a.block == b.block;
}

/// Words of the block whose onset lies in the window before that of `row`, per second.
double rate_before(const std::vector<WordRow>& rows, std::size_t row) {
  int64_t count = 0;
  for (std::size_t k = row; k-- > 0 && same_block(rows[k], rows[row]);) {
    if (!(rows[row].onset_s - rows[k].onset_s <= kRateWindow_s)) break;
    ++count;
  }
  return static_cast<double>(count) / kRateWindow_s;
}

struct Place {
  double in_sentence = kNaN;
  double in_story = 0;
};

std::vector<Place> places_of(const std::vector<WordRow>& rows) {
  std::vector<Place> places(rows.size());
  for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    while (end < rows.size() && rows[end].story == rows[begin].story) ++end;
    int64_t sentence = -1;
    double before = 0;
    for (std::size_t row = begin; row < end; ++row) {
      if (rows[row].sentence != sentence) before = 0;
      sentence = rows[row].sentence;
      if (sentence >= 0) places[row].in_sentence = before++;
      if (end - begin > 1)
        places[row].in_story =
            static_cast<double>(row - begin) / static_cast<double>(end - begin - 1);
    }
  }
  return places;
}

}  // namespace

Reduction word_properties(const Words& words) {
  const std::vector<WordRow>& rows = words.rows;
  std::map<std::string, int64_t> counts;
  for (const auto& row : rows) ++counts[word_type(row.word)];
  const std::vector<Place> places = places_of(rows);

  WordSet set =
      make_word_set(words, "word properties", static_cast<int64_t>(kWordProperties.size()));
  int64_t num_whole = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const bool has_previous = row > 0 && same_block(rows[row - 1], rows[row]);
    const double interval_s = has_previous ? rows[row].onset_s - rows[row - 1].onset_s : kNaN;
    const std::array<double, kWordProperties.size()> values = {
        std::log(static_cast<double>(from_utf8(rows[row].word, "words.tsv").size())),
        std::log(rows[row].duration_s),
        std::log(interval_s),
        rate_before(rows, row),
        places[row].in_sentence,
        places[row].in_story,
        std::log(static_cast<double>(counts[word_type(rows[row].word)])),
        rows[row].content ? 1.0 : 0.0};
    bool is_whole = true;
    for (const double value : values) is_whole = is_whole && std::isfinite(value);
    for (std::size_t k = 0; is_whole && k < values.size(); ++k) {
      set.fit.targets[row * values.size() + k] = static_cast<float>(values[k]);
    }
    if (is_whole) ++num_whole;
  }
  if (num_whole == 0) {
    fail(Blame::kData,
         "reduce: none of {} words has all of: {}; timed words with sentences are wanted",
         rows.size(),
         join(kWordProperties, ", "));
  }
  return std::move(set).finish();
}

}  // namespace lockstep
