#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"
#include "extractor/plan/word_tokens.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// A story's text, its words in text order ("places"), and the tokens of the running text.
struct StoryTokens {
  std::string name;
  std::string utf8;
  std::u32string text;
  std::vector<int64_t> byte_from_code_point;
  std::vector<int64_t> rows;    ///< of words.tsv, by place: those with a span
  std::vector<CharSpan> spans;  ///< by place
  std::vector<int32_t> ids;     ///< empty if the running text was not tokenised
  WordTokens matched;           ///< of `ids` with `spans`
};

/// Without tokens. `rows` have spans, in text order.
StoryTokens open_story(const Words& words, const StoryText& story, std::vector<int64_t> rows);
/// Adds the tokens of the running text.
void tokenise(StoryTokens& story, const Tokenizer& tokenizer);

/// The longest context in words whose windows have `most` tokens or fewer, whatever the target;
/// the number of words if all do; 0 if some word alone has more.
int64_t longest_context_of(const StoryTokens& story, int64_t most);

}  // namespace lockstep
