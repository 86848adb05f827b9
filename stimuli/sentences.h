#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// The number of the sentence that each word of a text belongs to, from 0, never falling. `words`
/// are the text's written_words. Every sentence has a word.
///
/// A sentence ends at an empty line (headings are sentences), and at . ! ? or an ellipsis, the
/// closing quotes and brackets included, if what follows looks like a beginning. It does not end at
/// the period of a title or an abbreviation ("Mr.", "No. 7"), of initials ("J. S. Bach"), of a
/// number that opens a paragraph ("1. The Errand"), nor where the text goes on in lower case
/// ("What?" he said) or with somebody who says it ("Never!" Holmes cried).
std::vector<int64_t> sentence_numbers(std::u32string_view text, std::span<const CharSpan> words);

}  // namespace lockstep
