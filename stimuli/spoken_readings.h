#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// A spoken word and the characters it comes from. The span is empty (begin == end) if it has none
/// of its own, as "hundred" and "and" of "117" read as "one hundred and seventeen".
struct ReadingWord {
  std::u32string key;  ///< as match_key makes it
  CharSpan span;
};
using Reading = std::vector<ReadingWord>;

/// The ways in which a part of a written word (word_parts) is read aloud in English other than by
/// its letters: numbers
/// ("1888": eighteen eighty eight, eighteen hundred and eighty eight, ...; also 1,000, 3.5, 2nd,
/// 1890s, 4:30, 40 pounds, 10s., 5%), Roman numerals, abbreviations (Mr., St., No.) and signs.
/// Empty for ordinary words. The spans of a reading are inside the part, in order and do not
/// overlap.
std::vector<Reading> spoken_readings(std::u32string_view text, CharSpan part);

}  // namespace lockstep
