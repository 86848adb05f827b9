// Each gap between two words either ends a sentence or does not; only the words around it and what
// stands in it count.
#include "stimuli/sentences.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "stimuli/characters.h"

namespace lockstep {
namespace {

using WordSet = std::unordered_set<std::u32string>;

// Followed by a name, hence never the end of a sentence.
const WordSet kTitles = {U"mr",  U"mrs",  U"ms",  U"dr",   U"messrs", U"mme", U"mlle",
                         U"st",  U"prof", U"rev", U"hon",  U"capt",   U"col", U"gen",
                         U"lt",  U"maj",  U"sgt", U"sir",  U"fr",     U"esq", U"mt",
                         U"gov", U"sen",  U"rep", U"pres", U"insp",   U"supt"};
// An end only before a word that begins sentences and names seldom do.
const WordSet kAbbreviations = {U"etc", U"jr",  U"sr",  U"co",   U"ltd", U"inc", U"bros",
                                U"vs",  U"viz", U"cf",  U"dept", U"ave", U"rd",  U"jan",
                                U"feb", U"mar", U"apr", U"jun",  U"jul", U"aug", U"sept",
                                U"oct", U"nov", U"dec", U"am",   U"pm"};
// An abbreviation only before a number.
const WordSet kBeforeNumbers = {U"no",
                                U"nos",
                                U"vol",
                                U"vols",
                                U"p",
                                U"pp",
                                U"ch",
                                U"fig",
                                U"figs",
                                U"sec",
                                U"art",
                                U"ca",
                                U"approx"};
const WordSet kOpeners = {
    U"a",    U"after", U"all",  U"and", U"as",    U"at",   U"but",   U"for",   U"from",
    U"he",   U"her",   U"here", U"his", U"how",   U"i",    U"if",    U"in",    U"it",
    U"its",  U"my",    U"no",   U"not", U"now",   U"of",   U"on",    U"or",    U"our",
    U"she",  U"so",    U"that", U"the", U"their", U"then", U"there", U"these", U"they",
    U"this", U"those", U"to",   U"we",  U"what",  U"when", U"where", U"which", U"while",
    U"who",  U"why",   U"with", U"yes", U"you",   U"your"};
const WordSet kSpeechVerbs = {U"said",      U"says",     U"asked",    U"asks",      U"cried",
                              U"answered",  U"replied",  U"remarked", U"exclaimed", U"whispered",
                              U"shouted",   U"murmured", U"muttered", U"added",     U"observed",
                              U"continued", U"repeated", U"called",   U"returned",  U"ejaculated",
                              U"demanded",  U"inquired", U"enquired", U"gasped",    U"laughed"};

/// What stands between two words.
struct Gap {
  bool empty_line = false;
  bool period = false;
  bool ellipsis = false;
  bool strong = false;  // ! or ?
  bool closed = false;  // a closing quote or bracket behind the stop
  bool dash = false;    // behind the stop
  bool comma = false;   // a comma, colon or semicolon behind the stop
};

Gap gap_between(std::u32string_view text, int64_t begin, int64_t end) {
  Gap gap;
  int num_newlines = 0;
  int num_periods = 0;
  for (int64_t at = begin; at < end; ++at) {
    const char32_t c = text[static_cast<std::size_t>(at)];
    if (c == U'\n') ++num_newlines;
    if (num_newlines > 1 || c == 0x2029) gap.empty_line = true;
    if (!is_space(c)) num_newlines = 0;
    if (c == U'.') ++num_periods;
    if (c == U'!' || c == U'?' || c == 0x3002 || c == 0xFF01 || c == 0xFF1F) gap.strong = true;
    if (c == 0x2026) gap.ellipsis = true;
    const bool stopped = gap.strong || gap.ellipsis || num_periods > 0;
    if (stopped && num_newlines == 0 && is_closing(c) && !is_apostrophe(c)) gap.closed = true;
    if (stopped && is_dash(c)) gap.dash = true;
    if (stopped && (c == U',' || c == U';' || c == U':')) gap.comma = true;
  }
  gap.period = num_periods == 1;
  gap.ellipsis = gap.ellipsis || num_periods > 1;
  return gap;
}

class Splitter {
 public:
  Splitter(std::u32string_view text, std::span<const CharSpan> words)
      : text_(text), words_(words) {}

  /// Whether a sentence ends between word k and word k + 1.
  bool ends_after(std::size_t k) const {
    const Gap gap = gap_between(text_, words_[k].end, words_[k + 1].begin);
    // Initials keep their last period in their span.
    const bool period = gap.period || text_[static_cast<std::size_t>(words_[k].end - 1)] == U'.';
    if (gap.empty_line) return true;
    if ((!period && !gap.strong && !gap.ellipsis) || gap.dash || gap.comma) return false;
    const char32_t next = text_[static_cast<std::size_t>(words_[k + 1].begin)];
    if (is_lower(next)) return false;
    if (gap.strong || (gap.ellipsis && !period)) return !(gap.closed && is_told_by(k + 1));
    return gap.closed || !is_abbreviated(k);
  }

 private:
  std::u32string key(std::size_t k) const {
    return match_key(text_.substr(static_cast<std::size_t>(words_[k].begin),
                                  static_cast<std::size_t>(words_[k].end - words_[k].begin)));
  }

  bool begins_upper(std::size_t k) const {
    return is_upper(text_[static_cast<std::size_t>(words_[k].begin)]);
  }

  bool opens_paragraph(std::size_t k) const {
    return k == 0 || gap_between(text_, words_[k - 1].end, words_[k].begin).empty_line;
  }

  /// "Holmes cried", "Mr. Holmes cried": who says it, behind a quotation.
  bool is_told_by(std::size_t k) const {
    for (std::size_t ahead = k + 1; ahead <= k + 2 && ahead < words_.size(); ++ahead) {
      if (kSpeechVerbs.count(key(ahead)) > 0) return true;
      if (!begins_upper(ahead)) return false;
    }
    return false;
  }

  /// Whether the period behind word k is one of an abbreviation, and none of a sentence.
  bool is_abbreviated(std::size_t k) const {
    const std::u32string word = key(k);
    const auto written = text_.substr(static_cast<std::size_t>(words_[k].begin),
                                      static_cast<std::size_t>(words_[k].end - words_[k].begin));
    const char32_t next = text_[static_cast<std::size_t>(words_[k + 1].begin)];
    const bool opener_follows = kOpeners.count(key(k + 1)) > 0;
    if (kTitles.count(word) > 0 && is_upper(written.front())) return true;
    if (kBeforeNumbers.count(word) > 0 && is_number(next)) return true;
    if (kAbbreviations.count(word) > 0 || written.back() == U'.') return !opener_follows;
    if (opens_paragraph(k) && std::all_of(written.begin(), written.end(), is_digit)) return true;
    if (written.size() != 1 || !is_upper(written.front())) return false;
    // One capital: an initial, unless it is the word I or A in the middle of a sentence ("older
    // than I. Then").
    const bool after_lower = k > 0 && !begins_upper(k - 1) && !opens_paragraph(k);
    if (after_lower && (written.front() == U'I' || written.front() == U'A')) return false;
    return !opener_follows || !after_lower;
  }

  std::u32string_view text_;
  std::span<const CharSpan> words_;
};

}  // namespace

std::vector<int64_t> sentence_numbers(std::u32string_view text, std::span<const CharSpan> words) {
  const Splitter splitter(text, words);
  std::vector<int64_t> numbers(words.size(), 0);
  for (std::size_t k = 1; k < words.size(); ++k)
    numbers[k] = numbers[k - 1] + (splitter.ends_after(k - 1) ? 1 : 0);
  return numbers;
}

}  // namespace lockstep
