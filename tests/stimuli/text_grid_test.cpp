#include "stimuli/text_grid.h"

#include <gtest/gtest.h>

#include "stimuli/transcript.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

const std::string kShort = R"(File type = "ooTextFile"
Object class = "TextGrid"

0
2.5
<exists>
2
"IntervalTier"
"phones"
0
2.5
1
0
2.5
"AH0"
"IntervalTier"
"words"
0
2.5
4
0
0.5
"sp"
0.5
1
"THE"
1
1.5
""
1.5
2.5
"say ""hi"""
)";

const std::string kLong = R"(File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 2.5
        points: size = 1
        points [1]:
            number = 0.25
            mark = "1"
    item [2]:
        class = "IntervalTier"
        name = "Reader - words"
        xmin = 0
        xmax = 2.5
        intervals: size = 4
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = "sp"
        intervals [2]:
            xmin = 0.5
            xmax = 1
            text = "THE"
        intervals [3]:
            xmin = 1
            xmax = 1.5
            text = ""
        intervals [4]:
            xmin = 1.5
            xmax = 2.5
            text = "say ""hi"""
)";

std::string to_utf16(const std::string& ascii, bool big_endian) {
  std::string bytes = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) bytes += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return bytes;
}

void expect_the_words(const Transcript& transcript) {
  ASSERT_EQ(transcript.words.size(), 2u);
  EXPECT_EQ(transcript.words[0].word, "THE");
  EXPECT_EQ(transcript.words[0].onset_s, 0.5);
  EXPECT_EQ(transcript.words[0].duration_s, 0.5);
  EXPECT_EQ(transcript.words[1].word, "say \"hi\"");
  EXPECT_EQ(transcript.left_out.at("pause"), 2);
}

Transcript read(const std::string& bytes) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "t.TextGrid", bytes);
  return read_transcript(folder / "t.TextGrid");
}

TEST(TextGrid, ShortAndLongFormsAreTheSame) {
  expect_the_words(read(kShort));
  expect_the_words(read(kLong));
}

TEST(TextGrid, InUtf16OfEitherOrder) {
  expect_the_words(read(to_utf16(kLong, true)));
  expect_the_words(read(to_utf16(kShort, false)));
}

TEST(TextGrid, WithWindowsLineEndsAndByteOrderMark) {
  std::string bytes = "\xEF\xBB\xBF";
  for (const char c : kLong) bytes += c == '\n' ? std::string("\r\n") : std::string(1, c);

  expect_the_words(read(bytes));
}

TEST(TextGrid, SurrogatePairsAndAccentsOfUtf16) {
  std::string bytes = to_utf16(kShort, false);
  const auto at = bytes.find(std::string{'T', '\0', 'H', '\0', 'E', '\0'});
  bytes.replace(
      at, 6, std::string{'\xE9', '\0', '\x00', '\xD8', '\x48', '\xDF'});  // e acute, U+10348

  EXPECT_EQ(read(bytes).words[0].word, "\u00E9\U00010348");
}

TEST(TextGrid, IsKnownByItsFirstLinesWhateverItsEnding) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "t.txt", kShort);

  expect_the_words(read_transcript(folder / "t.txt"));
}

TEST(TextGrid, TheOnlyIntervalTierMayHaveAnyName) {
  std::string bytes = kLong;
  bytes.replace(bytes.find("Reader - words"), 14, "transcription");

  expect_the_words(read(bytes));
}

std::string refusal(const std::string& bytes) {
  const auto message = message_of(Blame::kData, [&] { read(bytes); });
  return message.substr(message.find(": ") + 2);
}

TEST(TextGrid, RefusesSeveralOrNoTiersOfWords) {
  std::string two = kShort;
  two.replace(two.find("phones"), 6, "words");
  std::string none = kShort;
  none.replace(none.find("\"words\""), 7, "\"tones\"");

  EXPECT_EQ(refusal(two),
            "2 tiers of words among the interval tiers \"words\", \"words\"; one whose name ends "
            "in \"words\" is wanted");
  EXPECT_EQ(refusal(none),
            "0 tiers of words among the interval tiers \"phones\", \"tones\"; one whose name ends "
            "in \"words\" is wanted");
}

TEST(TextGrid, RefusesWhatIsBroken) {
  std::string backwards = kShort;
  backwards.replace(backwards.find("0.5\n1\n\"THE\""), 11, "1\n0.5\n\"THE\"");
  std::string counted = kShort;
  counted.replace(counted.find("\n4\n0\n0.5"), 3, "\n1e9\n");
  std::string kind = kShort;
  kind.replace(kind.find("IntervalTier"), 12, "PitchTier");

  EXPECT_EQ(refusal(backwards),
            "tier \"words\": \"THE\" from 1 to 0.5 s; an end after the start is wanted");
  EXPECT_EQ(refusal(counted), "1e+09 intervals; a whole number that the file can hold is wanted");
  EXPECT_EQ(refusal(kind), "tier of kind \"PitchTier\"; IntervalTier or TextTier is wanted");
  EXPECT_EQ(refusal("ooBinaryFile\x08TextGrid"),
            "ends before its type; a whole TextGrid is wanted");
  EXPECT_EQ(refusal("\"ooTextFile\"\n\"Pitch\"\n"),
            "no TextGrid in text form; \"ooTextFile\" and \"TextGrid\" are wanted");
  EXPECT_EQ(refusal(to_utf16(kShort, true) + "x"),
            std::to_string(2 * kShort.size() + 3) + " bytes; UTF-16 has an even number");
  EXPECT_TRUE(holds(refusal(to_utf16(kShort, false) + std::string{'\x00', '\xD8'}),
                    "half of a surrogate pair"));
  EXPECT_TRUE(holds(refusal(to_utf16(kShort, false) + std::string{'\x00', '\xDC'}),
                    "half of a surrogate pair"));
}

TEST(TextGrid, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < kShort.rfind('"'); size += 3) {
    EXPECT_FALSE(refusal(kShort.substr(0, size)).empty()) << size;
  }
}

}  // namespace
}  // namespace lockstep
