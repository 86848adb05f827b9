#include "models/tokenizers/unicode_age.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

std::vector<std::size_t> positions(const std::u32string& text) {
  std::vector<std::size_t> found;
  for (const UnknownCharacter& unknown : unknown_characters(to_utf8(text))) {
    EXPECT_EQ(unknown.character, text[unknown.position]);
    found.push_back(unknown.position);
  }
  return found;
}

TEST(UnknownCharacters, AreThoseOfLaterVersions) {
  // U+1DF00 is of Unicode 14, U+1DF25 of 15, U+10D50 of 16.
  EXPECT_EQ(positions(U"e\u0301 \u4E2D \U0001F600 \U0001DF00"), std::vector<std::size_t>{});
  EXPECT_EQ(positions(U"a\U0001DF25 \U00010D50"), (std::vector<std::size_t>{1, 3}));
}

TEST(UnknownCharacters, NoncharactersAndPrivateUseAreKnown) {
  EXPECT_EQ(positions(U"\uFDD0\uFFFE\U0010FFFF\uE000\uFFFD"), std::vector<std::size_t>{});
}

TEST(UnknownCharacters, TheTablesAreNamed) {
  EXPECT_TRUE(testing::holds(unicode_tables(), "utf8proc 2."));
  EXPECT_TRUE(testing::holds(unicode_tables(), "Oniguruma 6."));
}

}  // namespace
}  // namespace lockstep
