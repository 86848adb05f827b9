#include "extractor/plan/story_tokens.h"

#include <algorithm>

#include "base/utf8.h"

namespace lockstep {

StoryTokens open_story(const Words& words, const StoryText& story, std::vector<int64_t> rows) {
  StoryTokens opened{.name = story.name,
                     .utf8 = story.utf8,
                     .text = from_utf8(story.utf8, "text of story " + story.name),
                     .byte_from_code_point = byte_offsets(story.utf8),
                     .rows = std::move(rows),
                     .spans = {},
                     .ids = {},
                     .matched = {}};
  for (const int64_t row : opened.rows) {
    opened.spans.push_back(words.rows[static_cast<std::size_t>(row)].span);
  }
  return opened;
}

void tokenise(StoryTokens& story, const Tokenizer& tokenizer) {
  const auto tokens = tokenizer.encode(story.utf8);
  story.matched = match_tokens(tokens, story.spans, story.text);
  story.ids.clear();
  for (const Token& token : tokens) story.ids.push_back(token.id);
}

int64_t longest_context_of(const StoryTokens& story, int64_t most) {
  const auto& first_from = story.matched.first_from;
  auto longest = static_cast<int64_t>(story.rows.size());
  for (std::size_t target = 0; target < story.rows.size(); ++target) {
    const auto own = story.matched.of(target);
    if (own.empty()) continue;
    // The first word from which `most` tokens reach to the last token of the target.
    const auto begin = first_from.begin();
    const auto start = std::lower_bound(
        begin, begin + static_cast<std::ptrdiff_t>(target) + 1, own.back() + 1 - most);
    if (start == begin) continue;  // the whole text before it fits
    longest = std::min<int64_t>(longest, static_cast<std::ptrdiff_t>(target) + 1 - (start - begin));
  }
  return longest;
}

}  // namespace lockstep
