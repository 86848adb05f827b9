#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// The words of a text, in order, as spans of code points. White space, dashes, double hyphens and
/// ellipses stand between words; hyphens, slashes and apostrophes inside them. The punctuation
/// around a word is not in its span, but for the period of initials ("U.S.") and signs that are
/// read aloud: currency, per cent, ampersand. What has no letter, digit or such a sign is no word.
std::vector<CharSpan> written_words(std::u32string_view text);

/// The parts of a word that may be spoken as words of their own: "red-headed" has two, "o'clock"
/// and "1,000" one. Every part has a letter, a digit or a sign that is read aloud.
std::vector<CharSpan> word_parts(std::u32string_view text, CharSpan word);

/// Currency signs, per cent and ampersand: signs that are words when read aloud.
bool is_spoken_sign(char32_t c);

}  // namespace lockstep
