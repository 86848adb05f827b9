#pragma once

#include <array>
#include <vector>

#include "aligner/targets/reduction.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// What a decoder can know about a word without its meaning, in the order of the components.
inline constexpr std::array<const char*, 8> kWordProperties = {
    "log letters",           // code points of the word
    "log duration",          // s
    "log interval",          // s since the onset of the word before, in the same block
    "words per second",      // over the kRateWindow_s before the onset, same block
    "position in sentence",  // words of the sentence before it
    "position in story",     // 0 for the first word, 1 for the last
    "log count",             // how often the type occurs in these words
    "content"                // 1 for NOUN, VERB, ADJ, ADV
};
inline constexpr double kRateWindow_s = 5;

/// Targets of one context ("1") and one tap ("word properties"): every word of words.tsv. A word
/// that lacks one of them (no times, no sentence, the first of a block) has NaN throughout. Throws
/// Error(kData) if that leaves no word.
Reduction word_properties(const Words& words);

}  // namespace lockstep
