#include "models/tokenizers/aligned_text.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstdlib>

#include "base/utf8.h"
#include "models/tokenizers/library_gaps.h"
#include "models/tokenizers/normalizer.h"
#include "tests/models/tokenizers/golden.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

// Each character with its span: "a[0,1)".
std::string described(const AlignedText& aligned) {
  std::string all;
  const auto offsets = byte_offsets(aligned.text());
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    const auto begin = static_cast<std::size_t>(offsets[i]);
    const auto end = static_cast<std::size_t>(offsets[i + 1]);
    const Span span = aligned.spans()[begin];
    for (std::size_t byte = begin; byte < end; ++byte) EXPECT_EQ(aligned.spans()[byte], span);
    all += aligned.text().substr(begin, end - begin) + "[" + std::to_string(span.begin) + "," +
           std::to_string(span.end) + ")";
  }
  return all;
}

TEST(AlignedText, CountsCodePoints) {
  EXPECT_EQ(described(AlignedText::of("a\xC3\xA9\xF0\x9F\x98\x80")),
            "a[0,1)\xC3\xA9[1,2)\xF0\x9F\x98\x80[2,3)");
}

TEST(AlignedText, RefusesWhatIsNotUtf8) {
  for (const char* bytes :
       {"ab\x80", "ab\xC3", "ab\xED\xA0\x80", "ab\xF4\x90\x80\x80", "ab\xC0\x80"}) {
    const auto message = message_of(Blame::kData, [&] { AlignedText::of(bytes); });
    EXPECT_EQ(message, "text: byte 2: not UTF-8");
  }
}

TEST(AlignedText, PrependsWithAnEmptySpanWhereTheTextBegins) {
  AlignedText text = AlignedText::of("abc").slice(1, 3);
  text.prepend("__");
  EXPECT_EQ(described(text), "_[1,1)_[1,1)b[1,2)c[2,3)");

  AlignedText empty;
  empty.prepend("_");
  EXPECT_TRUE(empty.empty());
}

TEST(AlignedText, AReplacementCarriesTheLastCharacterItReplaces) {
  AlignedText text = AlignedText::of("aXYb");
  text.replace(*literal_pattern("XY"), "123");
  EXPECT_EQ(described(text), "a[0,1)1[2,3)2[2,3)3[2,3)b[3,4)");
}

TEST(AlignedText, TransformsByChanges) {
  AlignedText text = AlignedText::of("abcde");
  text.transform({{U'x', 1}, {U'B', 0}, {U'y', 1}, {U'C', -1}, {U'E', 0}}, 1);
  EXPECT_EQ(described(text), "x[0,1)B[1,2)y[1,2)C[2,3)E[4,5)");
}

TEST(UnicodeForms, KeepSpans) {
  const auto form = [](const char* utf8, UnicodeForm wanted) {
    return described(normalized(AlignedText::of(utf8), wanted));
  };
  EXPECT_EQ(form("e\xCC\x81x", UnicodeForm::kNfc), "\xC3\xA9[0,1)x[2,3)");
  EXPECT_EQ(form("\xC3\xA9x", UnicodeForm::kNfd), "e[0,1)\xCC\x81[0,1)x[1,2)");
  EXPECT_EQ(form("\xEF\xAC\x81x", UnicodeForm::kNfkc), "f[0,1)i[0,1)x[1,2)");
}

// utf8proc's own normalisation, which knows no spans.
std::string by_utf8proc(const std::string& utf8, UnicodeForm form) {
  const bool composes = form == UnicodeForm::kNfc || form == UnicodeForm::kNfkc;
  const bool is_compatibility = form == UnicodeForm::kNfkc || form == UnicodeForm::kNfkd;
  const int options = UTF8PROC_STABLE | (composes ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE) |
                      (is_compatibility ? UTF8PROC_COMPAT : 0);
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                             static_cast<utf8proc_ssize_t>(utf8.size()),
                                             &result,
                                             static_cast<utf8proc_option_t>(options));
  std::string text(reinterpret_cast<const char*>(result), static_cast<std::size_t>(size));
  std::free(result);
  return text;
}

TEST(UnicodeForms, EqualUtf8procOnAllCharactersAndNastyStrings) {
  std::vector<std::string> strings = testing::nasty_strings();
  int num_gaps = 0;
  for (char32_t c = 1; c < 0x30000; ++c) {
    const bool is_gap =
        is_in(LibraryGap::kDecomposition, c) || is_in(LibraryGap::kCombiningClass, c);
    num_gaps += is_gap ? 1 : 0;
    if (!is_gap && (c < 0xD800 || c >= 0xE000))
      strings.push_back(to_utf8(c) + to_utf8(0x323) + to_utf8(c));
  }
  for (const UnicodeForm form :
       {UnicodeForm::kNfc, UnicodeForm::kNfd, UnicodeForm::kNfkc, UnicodeForm::kNfkd}) {
    for (const std::string& string : strings) {
      ASSERT_EQ(normalized(AlignedText::of(string), form).text(), by_utf8proc(string, form))
          << string << " form " << static_cast<int>(form);
    }
  }
  EXPECT_LT(num_gaps, 250);
}

TEST(UnicodeForms, AreAsOldAsTheLibrarys) {
  const auto form = [](const char* utf8, UnicodeForm wanted) {
    return normalized(AlignedText::of(utf8), wanted).text();
  };
  // U+32FF, square era name reiwa, is of Unicode 12.1; U+32FE of 1.1.
  EXPECT_EQ(form("\xE3\x8B\xBF", UnicodeForm::kNfkc), "\xE3\x8B\xBF");
  EXPECT_EQ(form("\xE3\x8B\xBE", UnicodeForm::kNfkc), "\xE3\x83\xB2");
  // U+0898 of Unicode 14 and U+0323 have the class 220; only the latter goes before U+0345.
  EXPECT_EQ(form("a\xCD\x85\xE0\xA2\x98", UnicodeForm::kNfd), "a\xCD\x85\xE0\xA2\x98");
  EXPECT_EQ(form("a\xCD\x85\xCC\xA3", UnicodeForm::kNfd), "a\xCC\xA3\xCD\x85");
}

}  // namespace
}  // namespace lockstep
