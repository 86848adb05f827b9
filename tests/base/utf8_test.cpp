#include "base/utf8.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

TEST(Utf8, RoundTripsEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 37) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string bytes = to_utf8(c);
    ASSERT_EQ(from_utf8(bytes, "t"), std::u32string(1, c))
        << "code point " << static_cast<uint32_t>(c);
  }
}

TEST(Utf8, RefusesWhatIsNotUtf8AndSaysWhere) {
  const char* wrong[] = {"ab\x80",
                         "ab\xC0\x80",
                         "ab\xE0\x80\x80",
                         "ab\xED\xA0\x80",
                         "ab\xF4\x90\x80\x80",
                         "ab\xF8",
                         "ab\xE2\x82",
                         "ab\xC3("};
  for (const char* bytes : wrong) {
    const auto message = testing::message_of(Blame::kData, [&] { from_utf8(bytes, "story.txt"); });
    EXPECT_EQ(message, "story.txt: byte 2: not UTF-8");
  }
}

TEST(Utf8, OffsetsHaveOneEntryEachAndTheEnd) {
  EXPECT_EQ(byte_offsets("a\xC3\xA9\xF0\x9F\x98\x80z"), (std::vector<int64_t>{0, 1, 3, 7, 8}));
  EXPECT_EQ(byte_offsets(""), (std::vector<int64_t>{0}));
}

}  // namespace
}  // namespace lockstep
