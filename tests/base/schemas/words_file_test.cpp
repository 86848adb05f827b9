#include "base/schemas/words_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

Words example() {
  Words words;
  words.pos_source = "by hand";
  words.provenance.what = "lockstep words";
  words.stories = {{"one", "The caf\xC3\xA9."}, {"two", "End"}};
  WordRow row;
  row.story = "one", row.block = "1", row.word = "The", row.onset_s = 0.1, row.duration_s = 0.25;
  row.has_span = true, row.span = {0, 3}, row.sentence = 0, row.pos = "DET";
  words.rows.push_back(row);
  row.word = "cafe", row.onset_s = 1.0 / 3, row.span = {4, 8}, row.pos = "NOUN", row.content = true;
  words.rows.push_back(row);
  WordRow last;
  last.story = "two", last.word = "end",
  last.onset_s = last.duration_s = std::numeric_limits<double>::quiet_NaN();
  words.rows.push_back(last);
  return words;
}

const std::string kHeader =
    "story\tblock\tword\tonset\tduration\tchar_begin\tchar_end\tsentence\tpos\tcontent\n";

/// The message that a words.tsv with these lines gives, its text being "The end".
std::string refusal(const std::string& lines) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "text");
  write_bytes(folder / "text/s.txt", "The end");
  write_bytes(folder / "words.tsv", kHeader + lines);
  return message_of(Blame::kData, [&] { read_words_folder(folder.path()); });
}

TEST(WordsFile, RoundTripsToTheLastBit) {
  const TemporaryFolder folder;
  const Words words = example();
  write_words_folder(words, folder.path());

  const Words back = read_words_folder(folder.path());

  ASSERT_EQ(back.rows.size(), 3u);
  EXPECT_EQ(back.rows[1].onset_s, 1.0 / 3);
  EXPECT_EQ(back.rows[1].span, (CharSpan{4, 8}));
  EXPECT_TRUE(back.rows[1].content);
  EXPECT_TRUE(std::isnan(back.rows[2].onset_s));
  EXPECT_FALSE(back.rows[2].has_span);
  EXPECT_EQ(back.rows[2].sentence, -1);
  EXPECT_EQ(back.pos_source, "by hand");
  EXPECT_EQ(back.story("one").utf8, words.stories[0].utf8);
  EXPECT_EQ(back.sha256, words_sha256(words));
  EXPECT_EQ(read_words_folder(folder / "words.tsv").sha256, back.sha256);
}

TEST(WordsFile, ItsSumSeesTextAndTable) {
  Words changed_text = example(), changed_row = example();
  changed_text.stories[0].utf8 += "!";
  changed_row.rows[0].onset_s = 0.2;
  EXPECT_NE(words_sha256(changed_text), words_sha256(example()));
  EXPECT_NE(words_sha256(changed_row), words_sha256(example()));
}

TEST(WordsFile, EveryFaultIsNamedWithItsPlace) {
  EXPECT_TRUE(holds(refusal("s\t1\tthe\t0\t0\t0\t8\t0\tDET\t0\n"),
                    "words.tsv:2: char_end: \"8\"; the text has 7 code points"));
  EXPECT_TRUE(
      holds(refusal("s\t1\tthe\t0\t0\t3\t3\t0\tDET\t0\n"), "more than char_begin, 3, is wanted"));
  EXPECT_TRUE(holds(refusal("s\t1\tthe\t0\t0\t0\t\t0\tDET\t0\n"), "both or neither"));
  EXPECT_TRUE(
      holds(refusal("s\t1\tthe\t0\t0\t0\t3\t0\tDET\t0\ns\t1\tend\t1\t0\t2\t7\t0\tNOUN\t1\n"),
            "words.tsv:3: char_begin: \"2\"; at least 3 is wanted"));
  EXPECT_TRUE(
      holds(refusal("s\t1\tthe\t1\t0\t0\t3\t0\tDET\t0\ns\t1\tend\t0.5\t0\t4\t7\t0\tNOUN\t1\n"),
            "onset: \"0.5\"; at least 1 is wanted"));
  EXPECT_TRUE(holds(refusal("s\t1\tthe\t0\t-1\t\t\t0\tDET\t0\n"), "0 or more is wanted"));
  EXPECT_TRUE(
      holds(refusal("s\t1\tthe\t0\t0\t\t\t0\tDET\tyes\n"), "content: \"yes\"; 0 or 1 is wanted"));
  EXPECT_TRUE(holds(refusal("../s\t1\tthe\t0\t0\t\t\t0\tDET\t0\n"), "a file name is wanted"));
  EXPECT_TRUE(holds(refusal("t\t1\tthe\t0\t0\t\t\t0\tDET\t0\n"), "t.txt: open failed"));
}

TEST(WordsFile, AFolderWithoutWordsIsRefused) {
  const TemporaryFolder folder;
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { read_words_folder(folder.path()); }),
                    "there is no words.tsv"));
  write_bytes(folder / "words.tsv", "word\n");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { read_words_folder(folder.path()); }),
                    "no column \"story\""));
}

TEST(WordsFile, RowsOfAStoryStayTogether) {
  const TemporaryFolder folder;
  Words words = example();
  words.rows.push_back(words.rows[0]);
  words.rows.back().has_span = false;
  write_words_folder(words, folder.path());
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { read_words_folder(folder.path()); }),
                    "rows of a story must be consecutive"));
}

}  // namespace
}  // namespace lockstep
