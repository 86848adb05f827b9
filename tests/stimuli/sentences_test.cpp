#include "stimuli/sentences.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

/// The words of a text, "|" between sentences.
std::string divided(std::string_view utf8) {
  const auto text = from_utf8(utf8, "test");
  const auto words = written_words(text);
  const auto numbers = sentence_numbers(text, words);
  std::string all;
  for (std::size_t k = 0; k < words.size(); ++k) {
    if (k > 0) all += numbers[k] == numbers[k - 1] ? " " : " | ";
    all += to_utf8(
        std::u32string_view(text).substr(static_cast<std::size_t>(words[k].begin),
                                         static_cast<std::size_t>(words[k].end - words[k].begin)));
  }
  return all;
}

TEST(Sentences, EndAtFullStopsAndEmptyLines) {
  EXPECT_EQ(divided("It rained. She read! Why?\nAt home"), "It rained | She read | Why | At home");
  EXPECT_EQ(divided("Chapter One\n\nIt rained"), "Chapter One | It rained");
  EXPECT_EQ(divided("one line\nand the next"), "one line and the next");
}

TEST(Sentences, DoNotEndAtTitlesAndAbbreviations) {
  EXPECT_EQ(divided("Mr. Hart met Dr. Bell. He sat."), "Mr Hart met Dr Bell | He sat");
  EXPECT_EQ(divided("See No. 7 there. No. He left."), "See No 7 there | No | He left");
  EXPECT_EQ(divided("Wax, etc. The rest, etc. and so on."), "Wax etc | The rest etc and so on");
  EXPECT_EQ(divided("In the U.S. Senate. In the U.S. He stayed."),
            "In the U.S. Senate | In the U.S. | He stayed");
}

TEST(Sentences, DoNotEndAtInitials) {
  EXPECT_EQ(divided("By J. S. Bach. He was older than I. Then it came."),
            "By J S Bach | He was older than I | Then it came");
}

TEST(Sentences, GoOnBehindAQuotation) {
  EXPECT_EQ(divided("\u201CWhat?\u201D he said. \u201CNo.\u201D She sat."),
            "What he said | No | She sat");
  EXPECT_EQ(divided("\u201CNever!\u201D Holmes cried. \u201CNever!\u201D Holmes rose."),
            "Never Holmes cried | Never | Holmes rose");
  EXPECT_EQ(divided("\u201CNo,\u201D said Ann. \u201CYes.\u201D"), "No said Ann | Yes");
}

TEST(Sentences, EllipsesAndDashes) {
  EXPECT_EQ(divided("He... went. She\u2026 And then... Nothing."),
            "He went | She | And then | Nothing");
  EXPECT_EQ(divided("Stop!\u2014But he went."), "Stop But he went");
}

TEST(Sentences, NumbersAreNoEnds) {
  EXPECT_EQ(divided("It was 2.5 miles. The fork said 440. The piano 415."),
            "It was 2.5 miles | The fork said 440 | The piano 415");
  EXPECT_EQ(divided("1. The Errand\n\nIt rained."), "1 The Errand | It rained");
}

TEST(Sentences, CountOnlyWhatHasWords) {
  EXPECT_EQ(divided("One.\n\n* * *\n\n...\n\nTwo."), "One | Two");
}

TEST(Sentences, OfNoWords) { EXPECT_TRUE(sentence_numbers(U"...", {}).empty()); }

}  // namespace
}  // namespace lockstep
