#include "extractor/plan/word_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/extractor/plan/fake_tokenizers.h"
#include "tests/extractor/plan/test_words.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

std::vector<int64_t> own(const WordTokens& matched, std::size_t word) {
  const auto tokens = matched.of(word);
  return {tokens.begin(), tokens.end()};
}

/// Tokens from their texts one after the other.
std::vector<Token> pieces(const std::vector<std::u32string>& texts) {
  std::vector<Token> tokens;
  int64_t at = 0;
  for (const auto& piece : texts) {
    tokens.push_back({7, at, at + static_cast<int64_t>(piece.size())});
    at = tokens.back().end;
  }
  return tokens;
}

std::u32string all_of(const std::vector<std::u32string>& texts) {
  std::u32string text;
  for (const auto& piece : texts) text += piece;
  return text;
}

TEST(WordTokens, ALeadingSpaceBelongsToTheTokenAndPunctuationToNobody) {
  const std::vector<std::u32string> texts = {U"One", U" t", U"wo", U",", U" ", U" three", U"."};
  const std::vector<CharSpan> words = {{0, 3}, {4, 7}, {10, 15}};

  const auto matched = match_tokens(pieces(texts), words, all_of(texts));

  EXPECT_THAT(own(matched, 0), ElementsAre(0));
  EXPECT_THAT(own(matched, 1), ElementsAre(1, 2));
  EXPECT_THAT(own(matched, 2), ElementsAre(5));
  EXPECT_THAT(matched.first_from, ElementsAre(0, 1, 5));
  EXPECT_THAT(matched.shares, ElementsAre(0, 0, 0));
}

TEST(WordTokens, ATokenOfTwoWordsBelongsToTheLastAndIsFlagged) {
  const std::vector<std::u32string> texts = {U"of", U" the ol", U"d"};
  const std::vector<CharSpan> words = {{0, 2}, {3, 6}, {7, 10}};

  const auto matched = match_tokens(pieces(texts), words, all_of(texts));

  EXPECT_TRUE(own(matched, 1).empty());
  EXPECT_THAT(own(matched, 2), ElementsAre(1, 2));
  EXPECT_THAT(matched.shares, ElementsAre(0, 0, 1));
  EXPECT_THAT(matched.loses, ElementsAre(0, 1, 0));
  EXPECT_THAT(matched.first_from, ElementsAre(0, 1, 1));
}

TEST(WordTokens, OnlyLeadingWhiteSpaceIsTrimmed) {
  const std::u32string text = U"a\u00A0\u2009\u3000b c";
  const std::vector<Token> tokens = {{1, 0, 1}, {2, 1, 5}, {3, 4, 6}, {4, 5, 7}};

  EXPECT_EQ(trimmed_span(tokens[1], text), (CharSpan{4, 5}));
  EXPECT_EQ(trimmed_span(tokens[2], text), (CharSpan{4, 6}));
  EXPECT_EQ(trimmed_span(tokens[3], text), (CharSpan{6, 7}));
  EXPECT_EQ(trimmed_span({5, 1, 4}, text), (CharSpan{4, 4}));
}

TEST(WordTokens, AWordAfterTheLastTokenBeginsAtTheEnd) {
  const std::u32string text = U"a b";
  const std::vector<Token> tokens = {{1, 0, 1}};

  const auto matched = match_tokens(tokens, std::vector<CharSpan>{{0, 1}, {2, 3}}, text);

  EXPECT_TRUE(own(matched, 1).empty());
  EXPECT_THAT(matched.first_from, ElementsAre(0, 1));
}

TEST(WordTokens, SeveralTokensOfOneCharacterBelongToItsWord) {
  const std::u32string text = U"x \u00e9";
  const std::vector<Token> tokens = {{1, 0, 1}, {2, 1, 3}, {3, 2, 3}};

  const auto matched = match_tokens(tokens, std::vector<CharSpan>{{0, 1}, {2, 3}}, text);

  EXPECT_THAT(own(matched, 1), ElementsAre(1, 2));
}

/// The definition, word by word and character by character.
std::vector<std::vector<int64_t>> by_definition(const std::vector<Token>& tokens,
                                                const std::vector<CharSpan>& words,
                                                std::u32string_view text) {
  std::vector<std::vector<int64_t>> token_from_word(words.size());
  for (std::size_t token = 0; token < tokens.size(); ++token) {
    std::ptrdiff_t owner = -1;
    for (std::size_t word = 0; word < words.size(); ++word) {
      bool leading = true;
      for (int64_t at = tokens[token].begin; at < tokens[token].end; ++at) {
        const char32_t c = text[static_cast<std::size_t>(at)];
        if (leading && (c == U' ' || c == U'\n' || c == U'\t' || c == 0xA0)) continue;
        leading = false;
        if (at >= words[word].begin && at < words[word].end)
          owner = static_cast<std::ptrdiff_t>(word);
      }
    }
    if (owner >= 0)
      token_from_word[static_cast<std::size_t>(owner)].push_back(static_cast<int64_t>(token));
  }
  return token_from_word;
}

TEST(WordTokens, AgreeWithTheDefinitionOnNastyText) {
  const Words words = nasty_words();
  for (uint32_t seed = 0; seed < 200; ++seed) {
    const auto tokenizer = ragged_tokens(seed * 7919);
    for (const auto& story : words.stories) {
      std::vector<CharSpan> spans;
      for (const auto& row : words.rows) {
        if (row.story == story.name && row.has_span) spans.push_back(row.span);
      }
      const auto text = from_utf8(story.utf8, "test");
      const auto tokens = tokenizer.encode(story.utf8);

      const auto matched = match_tokens(tokens, spans, text);

      const auto expected = by_definition(tokens, spans, text);
      for (std::size_t word = 0; word < spans.size(); ++word) {
        EXPECT_EQ(own(matched, word), expected[word]) << "seed " << seed << " word " << word;
      }
    }
  }
}

TEST(WordTokens, NestedAndEqualSpansGoToTheLastInTextOrder) {
  const std::u32string text = U"abcdefg";
  const std::vector<Token> tokens = {{1, 0, 2}, {2, 2, 4}, {3, 4, 5}, {4, 5, 7}};
  const std::vector<CharSpan> words = {{0, 7}, {2, 4}, {2, 4}};

  const auto matched = match_tokens(tokens, words, text);

  EXPECT_THAT(own(matched, 0), ElementsAre(0, 2, 3));
  EXPECT_TRUE(own(matched, 1).empty());
  EXPECT_THAT(own(matched, 2), ElementsAre(1));
  EXPECT_THAT(matched.loses, ElementsAre(1, 1, 0));
}

TEST(WordTokens, RefuseTokensOutsideTheTextAndWordsOutOfOrder) {
  const std::u32string text = U"ab";

  EXPECT_THROW(match_tokens(std::vector<Token>{{1, 0, 3}}, std::vector<CharSpan>{{0, 1}}, text),
               Error);
  EXPECT_THROW(match_tokens(std::vector<Token>{{1, 1, 0}}, std::vector<CharSpan>{{0, 1}}, text),
               Error);
  EXPECT_THROW(
      match_tokens(std::vector<Token>{{1, 0, 1}}, std::vector<CharSpan>{{1, 2}, {0, 1}}, text),
      Error);
}

}  // namespace
}  // namespace lockstep
