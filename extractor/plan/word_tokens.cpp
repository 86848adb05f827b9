#include "extractor/plan/word_tokens.h"

#include <algorithm>

#include "base/error.h"
#include "stimuli/characters.h"

namespace lockstep {
namespace {

/// Words in text order, asked for what overlaps a span. Ends need not ascend: a word may contain
/// another.
class WordSpans {
 public:
  explicit WordSpans(std::span<const CharSpan> words) : words_(words), furthest_end_(words.size()) {
    int64_t furthest = 0;
    for (std::size_t word = 0; word < words.size(); ++word) {
      if (word > 0 && words[word].begin < words[word - 1].begin) {
        fail(Blame::kProgram,
             "word tokens: word {} begins at {}, before word {}; text order is wanted",
             word,
             words[word].begin,
             word - 1);
      }
      furthest = std::max(furthest, words[word].end);
      furthest_end_[word] = furthest;
    }
  }

  /// The words that overlap `span`, the last first.
  std::vector<std::size_t> overlapping(const CharSpan& span) const {
    std::vector<std::size_t> found;
    if (span.begin >= span.end) return found;
    const auto after = std::partition_point(
        words_.begin(), words_.end(), [&](const CharSpan& word) { return word.begin < span.end; });
    for (auto word = static_cast<std::size_t>(after - words_.begin());
         word-- > 0 && furthest_end_[word] > span.begin;) {
      if (words_[word].end > span.begin && words_[word].begin < words_[word].end)
        found.push_back(word);
    }
    return found;
  }

 private:
  std::span<const CharSpan> words_;
  std::vector<int64_t> furthest_end_;  // of this and all earlier words
};

}  // namespace

CharSpan trimmed_span(const Token& token, std::u32string_view text) {
  const auto size = static_cast<int64_t>(text.size());
  if (token.begin < 0 || token.end < token.begin || token.end > size) {
    fail(Blame::kProgram,
         "word tokens: token {} has the span {} to {}; the text has {} code points",
         token.id,
         token.begin,
         token.end,
         size);
  }
  CharSpan span{token.begin, token.end};
  while (span.begin < span.end && is_space(text[static_cast<std::size_t>(span.begin)]))
    ++span.begin;
  return span;
}

WordTokens match_tokens(std::span<const Token> tokens,
                        std::span<const CharSpan> words,
                        std::u32string_view text) {
  const WordSpans spans(words);
  std::vector<std::vector<int64_t>> token_from_word(words.size());
  WordTokens result;
  result.shares.assign(words.size(), 0);
  result.loses.assign(words.size(), 0);
  for (std::size_t token = 0; token < tokens.size(); ++token) {
    const auto overlapped = spans.overlapping(trimmed_span(tokens[token], text));
    if (overlapped.empty()) continue;
    token_from_word[overlapped[0]].push_back(static_cast<int64_t>(token));
    if (overlapped.size() > 1) result.shares[overlapped[0]] = 1;
    for (std::size_t i = 1; i < overlapped.size(); ++i) result.loses[overlapped[i]] = 1;
  }

  result.offsets.push_back(0);
  for (const auto& own : token_from_word) {
    result.tokens.insert(result.tokens.end(), own.begin(), own.end());
    result.offsets.push_back(static_cast<int64_t>(result.tokens.size()));
  }
  result.first_from.assign(words.size(), 0);
  auto first = static_cast<int64_t>(tokens.size());
  for (std::size_t word = words.size(); word-- > 0;) {
    if (!token_from_word[word].empty()) first = std::min(first, token_from_word[word].front());
    result.first_from[word] = first;
  }
  return result;
}

}  // namespace lockstep
