#include "models/tokenizers/pattern.h"

#include <gtest/gtest.h>

#include "models/tokenizers/code_points.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

// The pieces with bars between them; matches in parentheses where they are asked for.
std::string split(const Pattern& pattern, std::string_view text, SplitBehavior behavior) {
  std::string all;
  for (const Section& piece : split_at_matches(pattern.sections(text), behavior)) {
    if (!all.empty()) all += "|";
    all += text.substr(piece.begin, piece.end - piece.begin);
  }
  return all;
}

std::string sections(const Pattern& pattern, std::string_view text) {
  std::string all;
  for (const Section& section : pattern.sections(text)) {
    const auto part = std::string(text.substr(section.begin, section.end - section.begin));
    all += section.is_match ? "(" + part + ")" : part;
  }
  return all;
}

TEST(Pattern, SplitsInFiveWays) {
  const auto dash = literal_pattern("-");
  const std::string_view text = "the-final--countdown";

  EXPECT_EQ(split(*dash, text, SplitBehavior::kRemoved), "the|final|countdown");
  EXPECT_EQ(split(*dash, text, SplitBehavior::kIsolated), "the|-|final|-|-|countdown");
  EXPECT_EQ(split(*dash, text, SplitBehavior::kMergedWithPrevious), "the-|final-|-|countdown");
  EXPECT_EQ(split(*dash, text, SplitBehavior::kMergedWithNext), "the|-final|-|-countdown");
  EXPECT_EQ(split(*dash, text, SplitBehavior::kContiguous), "the|-|final|--|countdown");
}

TEST(Pattern, FindsEmptyMatchesButNotRightAfterAMatch) {
  EXPECT_EQ(sections(*regex_pattern("(?=b)", "r"), "abcb"), "a()bc()b");
  EXPECT_EQ(sections(*regex_pattern("b*", "r"), "abc"), "()a(b)c()");
  EXPECT_EQ(sections(*literal_pattern(""), "ab"), "()a()b()");
  EXPECT_EQ(sections(*regex_pattern("(?=b)", "r"),
                     "\xC3\xA9"
                     "b"),
            "\xC3\xA9()b");
}

TEST(Pattern, CoversTheText) {
  EXPECT_EQ(sections(*regex_pattern("[0-9]+", "r"), "12ab3"), "(12)ab(3)");
  EXPECT_EQ(sections(*regex_pattern("x", "r"), ""), "");
  EXPECT_EQ(sections(*literal_pattern("aa"), "aaab"), "(aa)ab");
  EXPECT_EQ(sections(*character_pattern(is_numeric),
                     "a\xC2\xBD"
                     "1b"),
            "a(\xC2\xBD)(1)b");
}

TEST(Pattern, NamesAnExpressionThatDoesNotCompile) {
  const auto message = message_of(Blame::kData, [] { regex_pattern("(a", "t.json: Regex"); });

  EXPECT_TRUE(holds(message, "t.json: Regex: \"(a\": end pattern with unmatched parenthesis"));
}

TEST(Pattern, ASearchThatGivesUpIsAnError) {
  const auto pattern = regex_pattern("(a|aa)+(?=[bc])", "t.json: Regex");

  const std::string searched = text("{}d", std::string(60, 'a'));
  const auto message = message_of(Blame::kData, [&] { pattern->sections(searched); });

  EXPECT_TRUE(holds(message, "t.json: Regex: the search in 61 bytes of text failed after byte 0"));
}

TEST(Pattern, AMatchThatBeginsInTheOneBeforeIsAnError) {
  const auto pattern = regex_pattern(R"(a|(?<=\Ka)b)", "t.json: Regex");

  const auto message = message_of(Blame::kData, [&] { pattern->sections("cab"); });

  EXPECT_EQ(message, "t.json: Regex: a match at bytes 1 to 3, where one from 2 on is wanted");
}

TEST(CodePoints, KnowTheClassesOfRust) {
  EXPECT_TRUE(is_whitespace(0x3000));
  EXPECT_FALSE(is_whitespace(0x200B));
  EXPECT_TRUE(is_numeric(0xBD));
  EXPECT_TRUE(is_numeric(0x3007));
  EXPECT_FALSE(is_numeric(0x4E00));
  EXPECT_TRUE(is_punctuation('$'));
  EXPECT_TRUE(is_punctuation(0x2014));
  EXPECT_FALSE(is_punctuation(0x20AC));
  EXPECT_TRUE(is_word(0x24B6));
  EXPECT_TRUE(is_word(0x200D));
  EXPECT_TRUE(is_word('_'));
  EXPECT_FALSE(is_word(0xB2));
  EXPECT_TRUE(is_mark(0x301));
  EXPECT_TRUE(is_other(0xE000));
  EXPECT_EQ(lowercase(0x130), (std::u32string{U'i', 0x307}));
  EXPECT_EQ(lowercase(0x3A3), (std::u32string{0x3C3}));
}

}  // namespace
}  // namespace lockstep
