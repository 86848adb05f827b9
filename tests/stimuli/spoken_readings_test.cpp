#include "stimuli/spoken_readings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/utf8.h"

namespace lockstep {
namespace {

std::vector<Reading> readings_of(std::u32string_view text) {
  return spoken_readings(text, {0, static_cast<int64_t>(text.size())});
}

std::string words_of(const Reading& reading) {
  std::string all;
  for (const ReadingWord& word : reading) all += (all.empty() ? "" : " ") + to_utf8(word.key);
  return all;
}

::testing::AssertionResult is_read(std::u32string_view text, const std::string& words) {
  std::string all;
  for (const Reading& reading : readings_of(text)) {
    if (words_of(reading) == words) return ::testing::AssertionSuccess();
    all += words_of(reading) + "; ";
  }
  return ::testing::AssertionFailure() << to_utf8(text) << " is read " << all << "not " << words;
}

TEST(SpokenReadings, Cardinals) {
  EXPECT_TRUE(is_read(U"0", "zero"));
  EXPECT_TRUE(is_read(U"7", "seven"));
  EXPECT_TRUE(is_read(U"12", "twelve"));
  EXPECT_TRUE(is_read(U"40", "forty"));
  EXPECT_TRUE(is_read(U"117", "one hundred and seventeen"));
  EXPECT_TRUE(is_read(U"117", "a hundred seventeen"));
  EXPECT_TRUE(is_read(U"1,015", "one thousand and fifteen"));
  EXPECT_TRUE(is_read(U"2001", "two thousand one"));
  EXPECT_TRUE(is_read(U"30,000", "thirty thousand"));
  EXPECT_TRUE(is_read(
      U"1234567", "one million two hundred and thirty four thousand five hundred and sixty seven"));
  EXPECT_TRUE(is_read(U"5000000000", "five billion"));
}

TEST(SpokenReadings, YearsAndDigitsOneByOne) {
  EXPECT_TRUE(is_read(U"1888", "eighteen eighty eight"));
  EXPECT_TRUE(is_read(U"1888", "eighteen hundred eighty eight"));
  EXPECT_TRUE(is_read(U"1900", "nineteen hundred"));
  EXPECT_TRUE(is_read(U"1905", "nineteen oh five"));
  EXPECT_TRUE(is_read(U"1905", "nineteen hundred and five"));
  EXPECT_TRUE(is_read(U"440", "four forty"));
  EXPECT_TRUE(is_read(U"405", "four oh five"));
  EXPECT_TRUE(is_read(U"007", "oh oh seven"));
  EXPECT_TRUE(
      is_read(U"12345678901234567890",
              "one two three four five six seven eight nine zero one two three four five six seven "
              "eight nine zero"));
}

TEST(SpokenReadings, OrdinalsDaysAndDecades) {
  EXPECT_TRUE(is_read(U"2nd", "second"));
  EXPECT_TRUE(is_read(U"22nd", "twenty second"));
  EXPECT_TRUE(is_read(U"30th", "thirtieth"));
  EXPECT_TRUE(is_read(U"112th", "one hundred and twelfth"));
  EXPECT_TRUE(is_read(U"14", "fourteenth"));
  EXPECT_TRUE(is_read(U"1890s", "eighteen nineties"));
  EXPECT_TRUE(is_read(U"1900s", "nineteen hundreds"));
}

TEST(SpokenReadings, FractionsTimesAndMoney) {
  EXPECT_TRUE(is_read(U"3.5", "three point five"));
  EXPECT_TRUE(is_read(U"0.05", "zero point zero five"));
  EXPECT_TRUE(is_read(U"0.5", "point five"));
  EXPECT_TRUE(is_read(U"4:30", "four thirty"));
  EXPECT_TRUE(is_read(U"4:05", "four oh five"));
  EXPECT_TRUE(is_read(U"6:00", "six oclock"));
  EXPECT_TRUE(is_read(U"6:00", "six"));
  EXPECT_TRUE(is_read(U"\u00A340", "forty pounds"));
  EXPECT_TRUE(is_read(U"$5.20", "five dollars and twenty cents"));
  EXPECT_TRUE(is_read(U"\u20AC1", "one euro"));
  EXPECT_TRUE(is_read(U"5%", "five per cent"));
  EXPECT_TRUE(is_read(U"10s", "ten shillings"));
  EXPECT_TRUE(is_read(U"30km", "thirty kilometres"));
  EXPECT_TRUE(is_read(U"221b", "two twenty one b"));
}

TEST(SpokenReadings, RomanNumeralsAbbreviationsAndSigns) {
  EXPECT_TRUE(is_read(U"XXIV", "twenty four"));
  EXPECT_TRUE(is_read(U"IX", "ninth"));
  EXPECT_TRUE(is_read(U"MCMXCIX", "nineteen ninety nine"));
  EXPECT_TRUE(readings_of(U"IIII").empty());
  EXPECT_TRUE(readings_of(U"VX").empty());
  EXPECT_TRUE(is_read(U"Mr", "mister"));
  EXPECT_TRUE(is_read(U"St", "street"));
  EXPECT_TRUE(is_read(U"&", "and"));
  EXPECT_TRUE(is_read(U"&c", "et cetera"));
}

TEST(SpokenReadings, OrdinaryWordsHaveNone) {
  for (const char32_t* word : {U"house", U"Ill", U"mix", U"u", U"", U",", U"."})
    EXPECT_TRUE(readings_of(word).empty()) << to_utf8(word);
}

TEST(SpokenReadings, SpansAreInThePartInOrderAndApart) {
  for (const char32_t* part : {U"0",    U"12",   U"117",   U"1,000,000", U"1,234,567",
                               U"1905", U"3.05", U"4:00",  U"12:05",     U"\u00A31,250.50",
                               U"$5",   U"22nd", U"1890s", U"5%",        U"10mph",
                               U"007",  U"XXIV", U"etc",   U"I",         U"221b",
                               U"100th"}) {
    const std::u32string text = U"ab" + std::u32string(part) + U"cd";
    const CharSpan span = {2, 2 + static_cast<int64_t>(std::u32string(part).size())};

    for (const Reading& reading : spoken_readings(text, span)) {
      int64_t last = span.begin;
      bool has_any = false;
      for (const ReadingWord& word : reading) {
        EXPECT_GE(word.span.begin, last) << to_utf8(part) << " as " << words_of(reading);
        EXPECT_LE(word.span.begin, word.span.end);
        EXPECT_LE(word.span.end, span.end);
        EXPECT_FALSE(word.key.empty());
        has_any = has_any || word.span.begin < word.span.end;
        last = word.span.end;
      }
      EXPECT_TRUE(has_any) << to_utf8(part) << " as " << words_of(reading);
    }
  }
}

/// Numbers by code that shares nothing with the program's: words up to 9,999, no "and".
std::string plain_cardinal(int n) {
  static const char* kSmall[] = {"",        "one",     "two",       "three",    "four",
                                 "five",    "six",     "seven",     "eight",    "nine",
                                 "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                 "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static const char* kTens[] = {
      "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
  std::string words;
  const auto add = [&](const std::string& word) {
    words += (words.empty() || word.empty() ? "" : " ") + word;
  };
  if (n >= 1000) add(plain_cardinal(n / 1000) + " thousand");
  if (n % 1000 >= 100) add(std::string(kSmall[n % 1000 / 100]) + " hundred");
  if (n % 100 >= 20) add(kTens[n % 100 / 10]);
  if (n % 100 >= 20 && n % 10 > 0) add(kSmall[n % 10]);
  if (n % 100 > 0 && n % 100 < 20) add(kSmall[n % 100]);
  return words;
}

TEST(SpokenReadings, EveryCardinalIsAmongThem) {
  for (int n = 1; n < 10000; n += 7) {
    const std::string digits = std::to_string(n);
    EXPECT_TRUE(is_read(std::u32string(digits.begin(), digits.end()), plain_cardinal(n)));
  }
}

}  // namespace
}  // namespace lockstep
