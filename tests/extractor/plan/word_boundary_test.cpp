#include "extractor/plan/word_boundary.h"

#include <gtest/gtest.h>

#include <string>

namespace lockstep {
namespace {

/// 1 where the word before is over, by token, as a string of digits.
std::string boundaries_of(const std::vector<std::string>& spellings, int64_t more = 0) {
  std::vector<SpelledToken> vocabulary;
  for (const std::string& spelling : spellings) {
    vocabulary.push_back({static_cast<int32_t>(vocabulary.size()), spelling});
  }
  const auto is_over = word_boundaries(vocabulary, static_cast<int64_t>(spellings.size()) + more);
  if (!is_over) return "unknown";
  std::string digits;
  for (const uint8_t over : *is_over) digits += over != 0 ? '1' : '0';
  return digits;
}

TEST(WordBoundary, OfByteLevelVocabularies) {
  // Space and letters, letters, newline (byte 0A), comma, 's, an apostrophe, digits, e acute (bytes
  // C3 A9), the first byte of a character (E2), a dash (bytes E2 80 94), an underscore.
  EXPECT_EQ(boundaries_of({"\u0120the",
                           "ing",
                           "\u010A",
                           ",",
                           "'s",
                           "'",
                           "42",
                           "\u00C3\u00A9t",
                           "\u00E2",
                           "\u00E2\u0122\u0136",
                           "_x"}),
            "10110100011");
}

TEST(WordBoundary, OfVocabulariesThatWriteSpacesAsABlock) {
  EXPECT_EQ(boundaries_of({"\u2581the", "ing", "\u2581", ".", "<0xE2>", "\u2019s", "\u00E9t"}),
            "1011000");
}

TEST(WordBoundary, IsThereForIdsWithoutAToken) {
  EXPECT_EQ(boundaries_of({"\u0120the", "a"}, 2), "1011");
}

TEST(WordBoundary, IsUnknownWithoutMarkedSpaces) {
  EXPECT_EQ(boundaries_of({"the", "##ing", "a"}), "unknown");
  EXPECT_EQ(boundaries_of({}), "unknown");
}

TEST(WordBoundary, TakesBytesThatAreNoText) {
  EXPECT_EQ(boundaries_of({"\u2581a", "\xff\xfe"}), "10");
}

}  // namespace
}  // namespace lockstep
