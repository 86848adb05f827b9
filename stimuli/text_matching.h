#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// How a spoken word was found in the text.
enum class MatchKind {
  kSame,      ///< the same letters, whatever case, accents, hyphens and apostrophes
  kReading,   ///< a number, an abbreviation or a sign, read aloud
  kJoined,    ///< written as several words, or several words written as one
  kSpelling,  ///< spelt a little differently
  kPartly,    ///< some of its hyphenated parts are in the text
  kSilent,    ///< part of a number that has no characters for it: "hundred" of "117"; no span
  kNone,      ///< not in the text; no span
};

struct WordMatch {
  MatchKind kind = MatchKind::kNone;
  std::optional<CharSpan> span;
};

/// Words of the text that nobody spoke, as they follow each other.
struct UnspokenText {
  CharSpan span;
  int64_t num_parts = 0;  ///< words, the parts of hyphenated ones counted
};

struct TextMatching {
  std::vector<WordMatch> words;        ///< one for each spoken word
  std::vector<UnspokenText> unspoken;  ///< in order
};

/// Finds spoken words in the text they were read from. Spans are inside the text, ascend and do not
/// overlap. Words that share a written one each get their part of it: "RED", "HEADED" of
/// "red-headed"; "twenty", "three" of "23".
TextMatching match_words(std::u32string_view text, std::span<const std::u32string> spoken);

}  // namespace lockstep
