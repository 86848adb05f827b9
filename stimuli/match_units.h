#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stimuli/spoken_readings.h"

namespace lockstep {

/// The smallest piece of text or transcript that can be matched: a part of a word (word_parts).
struct MatchUnit {
  std::u32string key;             ///< match_key of the part, or the sign itself; never empty
  CharSpan span;                  ///< of the part, in the text or in the spoken word
  std::vector<CharSpan> of_key;   ///< where each code point of the key comes from, marks included
  std::vector<Reading> readings;  ///< other ways to say it
  std::size_t word = 0;           ///< number of the written or spoken word that it is part of
};

/// The units of all words of a text, in order.
std::vector<MatchUnit> units_of_text(std::u32string_view text);

/// The units of spoken words, in order. A word without letters, digits and signs has none.
std::vector<MatchUnit> units_of_words(std::span<const std::u32string> words);

}  // namespace lockstep
