#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// What the tags of tag_words come from, for words.tsv and for people.
inline constexpr const char* kRuleSource = "closed-class lists and suffix rules";

/// A Universal POS tag (Petrov, Das and McDonald 2012; universaldependencies.org, version 2) for
/// each word, from lists of the closed classes and of common words, suffixes and neighbours;
/// English. `words` are spans of the text, in order; `sentences` numbers the sentence of each.
std::vector<std::string> tag_words(std::u32string_view text,
                                   std::span<const CharSpan> words,
                                   std::span<const int64_t> sentences);

/// Whether `tag` is one of the 17 Universal POS tags.
bool is_pos_tag(std::string_view tag);

/// NOUN, VERB, ADJ, ADV. Proper nouns and auxiliaries are not content words.
bool is_content_tag(std::string_view tag);

}  // namespace lockstep
