#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// For each id below `vocabulary_size` whether a word is over before it: 1 for tokens that begin
/// with a space, with punctuation or a symbol, and for those that come of no text (end of text); 0
/// for those that go on with a word: letters, digits, marks, an apostrophe and a letter, bytes that
/// are no whole character. Nothing if the vocabulary does not write spaces into its tokens, as
/// GPT-2's letter for a space or U+2581: whether a word is over cannot be told then.
std::optional<std::vector<uint8_t>> word_boundaries(std::span<const SpelledToken> vocabulary,
                                                    int64_t vocabulary_size);

}  // namespace lockstep
