#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/schemas/words_file.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// Which tokens of a text make up each of its words.
///
/// A token belongs to the word whose span its own span, trimmed of leading white space, overlaps:
/// to the last such word in text order if there are several. Punctuation between words, headings
/// and bare white space belong to no word.
struct WordTokens {
  std::vector<int64_t> offsets;  ///< word w has tokens[offsets[w]] .. tokens[offsets[w + 1] - 1];
                                 ///< one more than words
  std::vector<int64_t> tokens;   ///< token numbers, ascending within a word
  std::vector<int64_t> first_from;  ///< the first token of word w or of any word after it: where a
                                    ///< window that starts with w begins, also if w has no tokens;
                                    ///< the number of tokens after the last
  std::vector<uint8_t> shares;  ///< word: 1 if one of its tokens overlaps an earlier word too
  std::vector<uint8_t> loses;   ///< word: 1 if a token that overlaps it belongs to a later word

  std::span<const int64_t> of(std::size_t word) const {
    return std::span(tokens).subspan(static_cast<std::size_t>(offsets[word]),
                                     static_cast<std::size_t>(offsets[word + 1] - offsets[word]));
  }
};

/// `words` are the spans of a text's words in text order (by their begin); they may touch, overlap
/// or be equal. `text` is the text that the tokens' offsets count code points of.
WordTokens match_tokens(std::span<const Token> tokens,
                        std::span<const CharSpan> words,
                        std::u32string_view text);

/// The token's span without its leading white space (is_space); empty if nothing is left.
CharSpan trimmed_span(const Token& token, std::u32string_view text);

}  // namespace lockstep
