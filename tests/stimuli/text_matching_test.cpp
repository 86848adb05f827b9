#include "stimuli/text_matching.h"

#include <gtest/gtest.h>

#include "base/random_stream.h"
#include "base/utf8.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

std::vector<std::u32string> split(std::string_view words) {
  std::vector<std::u32string> all(1);
  for (const char32_t c : from_utf8(words, "test")) {
    if (c == U' ') all.emplace_back();
    if (c != U' ') all.back() += c;
  }
  return all;
}

/// The text that each spoken word was found in, "-" for none: "RED|headed|-".
std::string found(std::string_view utf8, std::string_view spoken) {
  const auto text = from_utf8(utf8, "test");
  std::string all;
  for (const WordMatch& match : match_words(text, split(spoken)).words) {
    if (!all.empty()) all += '|';
    all += match.span ? to_utf8(std::u32string_view(text).substr(
                            static_cast<std::size_t>(match.span->begin),
                            static_cast<std::size_t>(match.span->end - match.span->begin)))
                      : "-";
  }
  return all;
}

TEST(TextMatching, CaseAndPunctuationDoNotMatter) {
  EXPECT_EQ(found("\"Tell him Thursday,\" she said.", "TELL HIM THURSDAY SHE SAID"),
            "Tell|him|Thursday|she|said");
}

TEST(TextMatching, WordsOfAHyphenatedOneGetTheirParts) {
  EXPECT_EQ(found("the Red-headed League", "THE RED HEADED LEAGUE"), "the|Red|headed|League");
  EXPECT_EQ(found("the Red-headed League", "the red-headed league"), "the|Red-headed|League");
  EXPECT_EQ(found("the red headed league", "the red-headed league"), "the|red headed|league");
  EXPECT_EQ(found("the Redheaded League", "the red headed league"), "the|Red|headed|League");
}

TEST(TextMatching, JoinedAndDividedWords) {
  EXPECT_EQ(found("I cannot see", "I CAN NOT SEE"), "I|can|not|see");
  EXPECT_EQ(found("I can not see", "I CANNOT SEE"), "I|can not|see");
  EXPECT_EQ(found("at six o'clock sharp", "AT SIX O CLOCK SHARP"), "at|six|o|clock|sharp");
}

TEST(TextMatching, PossessivesAndTypographicApostrophes) {
  EXPECT_EQ(found("the engineer\u2019s thumb and Holmes\u2019 pipe",
                  "THE ENGINEER'S THUMB AND HOLMES' PIPE"),
            "the|engineer\u2019s|thumb|and|Holmes|pipe");
}

TEST(TextMatching, DashesAndEllipsesDivideWords) {
  EXPECT_EQ(found("wanted\u2014what, then--oh\u2026no...yes", "wanted what then oh no yes"),
            "wanted|what|then|oh|no|yes");
}

TEST(TextMatching, AccentsComposedOrNot) {
  EXPECT_EQ(found("a na\u00EFve caf\u00E9", "A NAIVE CAFE"), "a|na\u00EFve|caf\u00E9");
  EXPECT_EQ(found("a nai\u0308ve cafe\u0301", "A NAIVE CAFE"), "a|nai\u0308ve|cafe\u0301");
  EXPECT_EQ(found("C\u0153ur et \u00E2me", "COEUR ET AME"), "C\u0153ur|et|\u00E2me");
}

TEST(TextMatching, NumbersInDigits) {
  EXPECT_EQ(found("in 1888 he", "IN EIGHTEEN EIGHTY EIGHT HE"), "in|18|8|8|he");
  EXPECT_EQ(found("in 1888 he", "IN EIGHTEEN HUNDRED AND EIGHTY EIGHT HE"), "in|18|-|-|8|8|he");
  EXPECT_EQ(found("only 23 of 100", "ONLY TWENTY THREE OF ONE HUNDRED"), "only|2|3|of|1|00");
  EXPECT_EQ(found("the 2nd of 1,000", "THE SECOND OF A THOUSAND"), "the|2nd|of|1|,000");
  EXPECT_EQ(found("some 3.5 miles", "SOME THREE POINT FIVE MILES"), "some|3|.|5|miles");
  EXPECT_EQ(found("paid \u00A340 for", "PAID FORTY POUNDS FOR"), "paid|\u00A340|-|for");
  EXPECT_EQ(found("at 4:30 or 5:55", "AT FOUR THIRTY OR FIVE FIFTY FIVE"), "at|4|30|or|5|5|5");
  EXPECT_EQ(found("the 1890s and 5% of", "THE EIGHTEEN NINETIES AND FIVE PER CENT OF"),
            "the|18|90s|and|5|%|-|of");
  EXPECT_EQ(found("10s. and 4d. each", "TEN SHILLINGS AND FOUR PENCE EACH"), "10|s|and|4|d|each");
}

TEST(TextMatching, DigitsInTheTranscript) {
  EXPECT_EQ(found("only twenty-three of them", "ONLY 23 OF THEM"), "only|twenty-three|of|them");
  EXPECT_EQ(found("only 23 of them", "only 23 of them"), "only|23|of|them");
}

TEST(TextMatching, AbbreviationsSignsAndRomanNumerals) {
  EXPECT_EQ(found("Mr. Hart & St. Ives", "MISTER HART AND SAINT IVES"), "Mr|Hart|&|St|Ives");
  EXPECT_EQ(found("Adventure XII of Henry V.", "ADVENTURE TWELVE OF HENRY FIFTH"),
            "Adventure|XII|of|Henry|V");
  EXPECT_EQ(found("Elias, D.D., was", "ELIAS D D WAS"), "Elias|D|D.|was");
}

TEST(TextMatching, OtherSpellings) {
  EXPECT_EQ(found("his biased honor", "HIS BIASSED HONOUR"), "his|biased|honor");
  EXPECT_EQ(found("his old dog", "HIS OLD CAT"), "his|old|-");
}

TEST(TextMatching, WordsMissingOnEitherSide) {
  EXPECT_EQ(found("CHAPTER I\n\nIt began at once, they say.", "READ BY A FRIEND IT BEGAN THEY SAY"),
            "-|-|-|-|It|began|they|say");
}

TEST(TextMatching, UnspokenTextIsReported) {
  const auto text = from_utf8("Chapter One\n\nIt began. The end.", "test");

  const auto matching = match_words(text, split("it began"));

  ASSERT_EQ(matching.unspoken.size(), 2u);
  EXPECT_EQ(matching.unspoken[0].span, (CharSpan{0, 11}));
  EXPECT_EQ(matching.unspoken[0].num_parts, 2);
  EXPECT_EQ(matching.unspoken[1].span, (CharSpan{23, 30}));
}

TEST(TextMatching, KindsSayHowAWordWasFound) {
  const auto text = from_utf8("only 117 of red-hot biased men", "test");

  const auto matching =
      match_words(text, split("ONLY ONE HUNDRED AND SEVENTEEN OF RED-COLD BIASSED WOMEN"));

  const std::vector<MatchKind> expected = {MatchKind::kSame,
                                           MatchKind::kReading,
                                           MatchKind::kSilent,
                                           MatchKind::kSilent,
                                           MatchKind::kReading,
                                           MatchKind::kSame,
                                           MatchKind::kPartly,
                                           MatchKind::kSpelling,
                                           MatchKind::kNone};
  for (std::size_t word = 0; word < expected.size(); ++word)
    EXPECT_EQ(matching.words[word].kind, expected[word]) << word;
}

TEST(TextMatching, SpansAscendInsideTheTextWhateverIsSpoken) {
  const auto text = from_utf8(
      "In 1888, Mr. Hart\u2019s red-headed c\u0153ur cost \u00A31,250.50 at 4:05; he can\u2019t, "
      "cannot, or won't say XIV.",
      "test");
  const auto words = split(
      "IN EIGHTEEN HUNDRED EIGHTY EIGHT MISTER HART'S RED HEADED COEUR C O EUR COST ONE THOUSAND "
      "TWO FIFTY POUNDS AND PENCE AT "
      "FOUR OH FIVE HE CAN'T CAN NOT CAN T OR WON T SAY FOURTEEN 1888 23 X - '' \u00E9");
  for (uint64_t trial = 0; trial < 500; ++trial) {
    RandomStream random(4, "text matching", trial);
    std::vector<std::u32string> spoken;
    for (std::size_t k = random.below(40); k > 0; --k)
      spoken.push_back(words[random.below(words.size())]);

    const auto matching = match_words(text, spoken);

    int64_t last = 0;
    ASSERT_EQ(matching.words.size(), spoken.size());
    for (const WordMatch& match : matching.words) {
      EXPECT_EQ(match.span.has_value(),
                match.kind != MatchKind::kNone && match.kind != MatchKind::kSilent)
          << "trial " << trial;
      if (!match.span) continue;
      EXPECT_GE(match.span->begin, last) << "trial " << trial;
      EXPECT_LT(match.span->begin, match.span->end) << "trial " << trial;
      EXPECT_LE(match.span->end, static_cast<int64_t>(text.size())) << "trial " << trial;
      last = match.span->end;
    }
  }
}

TEST(TextMatching, ATextSpokenAsItIsWrittenIsMatchedWholly) {
  const auto text = from_utf8(
      "Well, 4:30 it is\u2014caf\u00E9 or no caf\u00E9! \u201CRed-hot,\u201D he said; U.S. money, "
      "$5.",
      "test");
  std::vector<std::u32string> spoken;
  const auto words = written_words(text);
  for (const CharSpan word : words) {
    spoken.emplace_back(text.substr(static_cast<std::size_t>(word.begin),
                                    static_cast<std::size_t>(word.end - word.begin)));
  }

  const auto matching = match_words(text, spoken);

  EXPECT_TRUE(matching.unspoken.empty());
  for (std::size_t word = 0; word < words.size(); ++word)
    EXPECT_EQ(matching.words[word].span, words[word]) << word;
}

TEST(TextMatching, NothingSpokenAndNothingWritten) {
  EXPECT_TRUE(match_words(U"A text.", {}).words.empty());
  EXPECT_EQ(match_words(U"", split("a word")).words.size(), 2u);
  EXPECT_FALSE(match_words(U"", split("a word")).words[0].span);
}

}  // namespace
}  // namespace lockstep
