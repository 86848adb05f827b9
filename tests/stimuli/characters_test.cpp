#include "stimuli/characters.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace lockstep {
namespace {

std::string key(std::string_view text) { return to_utf8(match_key(from_utf8(text, "test"))); }

TEST(MatchKey, DropsCaseAccentsAndPunctuation) {
  EXPECT_EQ(key("Caf\u00E9"), "cafe");
  EXPECT_EQ(key("Cafe\u0301"), "cafe");
  EXPECT_EQ(key("O\u2019Clock!"), "oclock");
  EXPECT_EQ(key("1,000"), "1000");
  EXPECT_EQ(key("\u2014"), "");
}

TEST(MatchKey, TakesLigaturesAndFoldsApart) {
  EXPECT_EQ(key("C\u0153ur \u0152uvre"), "coeuroeuvre");
  EXPECT_EQ(key("\u00C6on"), "aeon");
  EXPECT_EQ(key("Stra\u00DFe"), "strasse");
  EXPECT_EQ(key("o\uFB03ce"), "office");
  EXPECT_EQ(key("\uFF21\uFF11"), "a1");
}

TEST(MatchKey, OfOtherScriptsIsCaseless) {
  EXPECT_EQ(key("\u041C\u0418\u0420"), "\u043C\u0438\u0440");
}

TEST(MatchKey, OfEveryCodePointIsLettersAndNumbersAndItsOwnKey) {
  for (char32_t c = 1; c < 0x30000; c += 7) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::u32string once;
    append_match_key(c, once);
    EXPECT_EQ(match_key(once), once) << static_cast<uint32_t>(c);
  }
}

TEST(LowerCase, StraightensApostrophes) {
  EXPECT_EQ(lower_case(U"Don\u2019T \u00C9"), U"don't \u00E9");
}

}  // namespace
}  // namespace lockstep
