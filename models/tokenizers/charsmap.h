#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/tokenizers/normalizer.h"

namespace lockstep {

/// Sentencepiece's precompiled normalisation: a table from strings to strings, as sentencepiece
/// writes it into its models (builder.cc: the size of a double-array trie, the trie, the strings).
/// As in tokenizers 0.23, the shortest key that a grapheme or a character begins with is taken for
/// all of it. Throws Error(kData) naming `where` if the table contradicts itself.
std::unique_ptr<Normalizer> precompiled_charsmap(const std::string& bytes,
                                                 const std::string& where);

/// Throws Error(kData) naming `where` unless a search in the table stays inside it, whatever the
/// text: sentencepiece does not look.
void check_charsmap(std::string_view bytes, const std::string& where);

/// The bytes of base64 (RFC 4648, padded). Throws Error(kData) naming `where`.
std::string from_base64(std::string_view encoded, const std::string& where);

}  // namespace lockstep
