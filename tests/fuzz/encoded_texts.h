#pragma once

#include <string_view>

#include "models/tokenizers/tokenizer.h"

namespace lockstep::testing {

/// Encodes a few texts, and the first characters of `own` if that is UTF-8; where the tokenizer
/// cannot (Error(kData)), the next. Throws std::logic_error if a token has a span that lies not in
/// the text or before the span of the token before, or an id outside the vocabulary.
void encode_texts(const Tokenizer& tokenizer, std::string_view own);

}  // namespace lockstep::testing
