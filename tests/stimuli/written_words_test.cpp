#include "stimuli/written_words.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace lockstep {
namespace {

std::string joined(const std::u32string& text, const std::vector<CharSpan>& spans) {
  std::string all;
  for (const CharSpan span : spans) {
    if (!all.empty()) all += '|';
    all += to_utf8(std::u32string_view(text).substr(
        static_cast<std::size_t>(span.begin), static_cast<std::size_t>(span.end - span.begin)));
  }
  return all;
}

std::string words(std::string_view utf8) {
  const auto text = from_utf8(utf8, "test");
  return joined(text, written_words(text));
}

std::string parts(std::string_view utf8) {
  const auto text = from_utf8(utf8, "test");
  return joined(text, word_parts(text, {0, static_cast<int64_t>(text.size())}));
}

TEST(WrittenWords, LeaveOutThePunctuationAround) {
  EXPECT_EQ(words("\u201CWell, (yes)!\u201D he\tsaid;\n'tis"), "Well|yes|he|said|tis");
}

TEST(WrittenWords, KeepWhatIsInside) {
  EXPECT_EQ(words("o'clock red-hot and/or 3.5 1,000 4:30 don\u2019t"),
            "o'clock|red-hot|and/or|3.5|1,000|4:30|don\u2019t");
}

TEST(WrittenWords, AreDividedByDashesAndEllipses) {
  EXPECT_EQ(words("what\u2014in\u2013short--it...would\u2026take"), "what|in|short|it|would|take");
}

TEST(WrittenWords, InitialsKeepTheirLastPeriod) {
  EXPECT_EQ(words("the U.S. at 5 a.m., D.D. and Mr. B."), "the|U.S.|at|5|a.m.|D.D.|and|Mr|B");
}

TEST(WrittenWords, SignsThatAreReadAloudAreKept) {
  EXPECT_EQ(words("\u00A340 & 5% of $3"), "\u00A340|&|5%|of|$3");
}

TEST(WrittenWords, WhatHasNoLettersIsNone) {
  EXPECT_EQ(words(" * * * \u2014 ' - ... \u201C\u201D "), "");
}

TEST(WrittenWords, CombiningMarksStayWithTheirLetters) {
  EXPECT_EQ(words("\u201Ccafe\u0301\u201D"), "cafe\u0301");
}

TEST(WrittenWords, SpacesOfUnicodeDivide) { EXPECT_EQ(words("a\u00A0b\u2003c\u3000d"), "a|b|c|d"); }

TEST(WrittenWords, OfOtherScripts) {
  EXPECT_EQ(words("\u00AB\u041F\u0440\u0438\u0432\u0435\u0301\u0442, \u043C\u0438\u0440!\u00BB "
                  "\u4F60\u597D\u3002"),
            "\u041F\u0440\u0438\u0432\u0435\u0301\u0442|\u043C\u0438\u0440|\u4F60\u597D");
}

TEST(WordParts, AreDividedAtHyphensAndSlashes) {
  EXPECT_EQ(parts("red-headed"), "red|headed");
  EXPECT_EQ(parts("70-odd"), "70|odd");
  EXPECT_EQ(parts("and/or"), "and|or");
  EXPECT_EQ(parts("rock-'n'-roll"), "rock|n|roll");
  EXPECT_EQ(parts("o'clock"), "o'clock");
  EXPECT_EQ(parts("U.S."), "U.S.");
}

}  // namespace
}  // namespace lockstep
