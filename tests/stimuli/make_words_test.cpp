#include "stimuli/make_words.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/utf8.h"
#include "stimuli/pos_table.h"
#include "stimuli/word_classes.h"
#include "stimuli/word_source.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

constexpr const char* kText =
    "Chapter 1\n\nIn 1888, Ann\u2019s red-hot caf\u00E9 closed. She left.\n";
constexpr const char* kSpoken =
    "block\tword\tonset\tduration\n"
    "1\tIN\t0\t0.5\n1\tEIGHTEEN\t1\t0.5\n1\tHUNDRED\t2\t0.5\n1\tEIGHTY\t3\t0.5\n1\tEIGHT\t4\t0."
    "5\n1\tANN'S\t5\t0.5\n"
    "2\tRED\t6\t0.5\n2\tHOT\t7\t0.5\n2\tCAFE\t8\t0.5\n2\tCLOSED\t9\t0.5\n2\tUM\t10\t0."
    "5\n2\tSHE\t11\t0.5\n2\tLEFT\t12\t0.5\n";

struct Tale : TemporaryFolder {
  Tale() {
    write_bytes(path() / "tale.txt", kText);
    write_bytes(path() / "spoken.tsv", kSpoken);
  }
  MadeWords make(const WordsOptions& options = {}) const {
    return make_words(read_story_inputs(path() / "tale.txt", path() / "spoken.tsv"), options);
  }
};

TEST(MakeWords, RowsAreWhatWasSpoken) {
  const auto made = Tale().make();

  ASSERT_EQ(made.words.rows.size(), 13u);
  const WordRow& hot = made.words.rows[7];
  EXPECT_EQ(hot.story, "tale");
  EXPECT_EQ(hot.block, "2");
  EXPECT_EQ(hot.word, "HOT");
  EXPECT_EQ(hot.onset_s, 7);
  EXPECT_EQ(hot.duration_s, 0.5);
  EXPECT_EQ(hot.span, (CharSpan{30, 33}));
  EXPECT_EQ(hot.sentence, 1);
  EXPECT_EQ(hot.pos, "ADJ");
  EXPECT_TRUE(hot.content);
}

TEST(MakeWords, AWordThatIsNotInTheTextKeepsItsRow) {
  const auto made = Tale().make();

  const WordRow& um = made.words.rows[10];
  EXPECT_EQ(um.word, "UM");
  EXPECT_FALSE(um.has_span);
  EXPECT_EQ(um.sentence, -1);
  EXPECT_EQ(um.pos, "");
  EXPECT_FALSE(um.content);
}

TEST(MakeWords, AWordOfANumberWithoutCharactersKeepsItsSentence) {
  const auto made = Tale().make();

  EXPECT_FALSE(made.words.rows[2].has_span);
  EXPECT_EQ(made.words.rows[2].sentence, 1);
}

TEST(MakeWords, TheAuditListsWhatIsOdd) {
  const auto made = Tale().make();

  const StoryAudit& audit = made.audits.at(0);
  EXPECT_EQ(audit.num_words, 13);
  EXPECT_EQ(audit.num_matched, 11);
  EXPECT_EQ(audit.num_unspoken, 2);
  ASSERT_EQ(audit.lines.size(), 3u);
  EXPECT_EQ(describe(audit.lines[0]),
            "tale: no characters of its own: row 2, \"HUNDRED\" at 2 s, between \"EIGHTEEN\" and "
            "\"EIGHTY\"");
  EXPECT_EQ(describe(audit.lines[1]),
            "tale: not in the text: row 10, \"UM\" at 10 s, between \"CLOSED\" and \"SHE\"");
  EXPECT_EQ(describe(audit.lines[2]),
            "tale: text not spoken: \"Chapter 1\" after \"\", before \"In\"");
  EXPECT_EQ(summary(audit),
            "tale: 13 words spoken, 11 (84.6 %) found in the text (8 same letters, 3 numbers and "
            "abbreviations read aloud, 1 in a number "
            "without characters of their own, 1 not in the text); 2 words of the text not spoken");
}

TEST(MakeWords, TheAuditIsATable) {
  const std::string table = audit_table(Tale().make().audits);

  EXPECT_TRUE(holds(table, "# tale: 13 words spoken"));
  EXPECT_TRUE(
      holds(table, "what\trow\tstory\tblock\tonset\tword\tbefore\tafter\tchar_begin\tchar_end\n"));
  EXPECT_TRUE(holds(table, "not in the text\t10\ttale\t2\t10\tUM\tCLOSED\tSHE\t\t\n"));
  EXPECT_TRUE(holds(table, "text not spoken\t\ttale\t\t\tChapter 1\t\tIn\t0\t9\n"));
}

TEST(MakeWords, AFolderWrittenIsTheFolderRead) {
  const Tale tale;
  const auto made = tale.make();
  write_words_folder(made.words, tale / "words");

  const Words read = load_words(tale / "words");

  EXPECT_EQ(read.sha256, made.words.sha256);
  EXPECT_EQ(read.pos_source, kRuleSource);
  EXPECT_EQ(load_words(tale / "words" / "words.tsv").rows.size(), 13u);
}

TEST(MakeWords, RefusesATranscriptOfAnotherText) {
  const TemporaryFolder folder;
  write_bytes(folder / "t.txt", "Nothing alike.");
  write_bytes(folder / "s.tsv", "word\nquite\nother\n");

  EXPECT_EQ(
      message_of(Blame::kData,
                 [&] { make_words(read_story_inputs(folder / "t.txt", folder / "s.tsv"), {}); }),
      (folder / "t.txt").string() +
          ": none of the 2 words of the transcript is in it; the text that was read is wanted");
}

TEST(MakeWords, TagsFromATable) {
  const Tale tale;
  write_bytes(tale / "tags.tsv",
              "# tags: a "
              "friend\nstory\tchar_begin\tchar_end\tpos\ntale\t30\t33\tNOUN\ntale\t11\t13\tADP\n");

  const auto made = tale.make({.pos = tale / "tags.tsv"});

  EXPECT_EQ(made.words.pos_source, "a friend");
  EXPECT_EQ(made.words.rows[7].pos, "NOUN");
  EXPECT_TRUE(made.words.rows[7].content);
  EXPECT_EQ(made.words.rows[0].pos, "ADP");
  EXPECT_FALSE(made.words.rows[0].content);
  EXPECT_EQ(made.words.rows[12].pos, "");
  EXPECT_EQ(made.num_untagged, 9);
}

TEST(MakeWords, TagsFromATableByRow) {
  const Tale tale;
  write_bytes(tale / "tags.tsv", "row\tpos\n7\tVERB\n");

  const auto made = tale.make({.pos = tale / "tags.tsv"});

  EXPECT_EQ(made.words.pos_source, "tags.tsv");
  EXPECT_EQ(made.words.rows[7].pos, "VERB");
}

TEST(PosTable, RefusesWhatIsBroken) {
  const Tale tale;
  const auto path = tale / "tags.tsv";
  const auto refusal = [&](const char* bytes) {
    write_bytes(path, bytes);
    return message_of(Blame::kData, [&] { tale.make({.pos = path}); }).substr(path.string().size());
  };

  EXPECT_EQ(refusal("row\tpos\n1\tNN\n"), ":2: pos: \"NN\"; a Universal POS tag is wanted");
  EXPECT_EQ(refusal("row\tpos\n1\tNOUN\n1\tVERB\n"), ":3: row: \"1\"; each word once is wanted");
  EXPECT_EQ(refusal("row\tpos\n13\tNOUN\n"), ": row 13; rows of these 13 words are wanted");
  EXPECT_EQ(refusal("row\tpos\n-1\tNOUN\n"), ": row -1; rows of these 13 words are wanted");
  EXPECT_EQ(refusal("story\tchar_begin\tchar_end\tpos\ntale\t1\t2\tNOUN\n"),
            ": tags none of these words; tags of the same text and transcript are wanted");
  EXPECT_TRUE(holds(refusal("row\ttag\n1\tNOUN\n"), "no column \"pos\""));
}

TEST(LoadWords, APlainTextIsEveryWordWithoutTimes) {
  const Tale tale;

  const Words words = load_words(tale / "tale.txt");

  ASSERT_EQ(words.rows.size(), 10u);
  const WordRow& row = words.rows[4];
  EXPECT_EQ(row.word, "Ann\u2019s");
  EXPECT_EQ(row.story, "tale");
  EXPECT_EQ(row.block, "1");
  EXPECT_TRUE(std::isnan(row.onset_s));
  EXPECT_EQ(row.span, (CharSpan{20, 25}));
  EXPECT_EQ(words.rows[9].sentence, 2);
  EXPECT_EQ(words.stories.at(0).utf8, kText);
  EXPECT_EQ(words.sha256.size(), 64u);
  EXPECT_EQ(words.sha256, load_words(tale / "tale.txt").sha256);
}

TEST(LoadWords, EverySpanIsTheWordOfItsRow) {
  const Tale tale;
  const Words words = load_words(tale / "tale.txt");
  const auto text = from_utf8(words.stories[0].utf8, "test");

  for (const WordRow& row : words.rows) {
    EXPECT_EQ(to_utf8(text.substr(static_cast<std::size_t>(row.span.begin),
                                  static_cast<std::size_t>(row.span.end - row.span.begin))),
              row.word);
  }
}

TEST(LoadWords, RefusesWhatIsNotThere) {
  EXPECT_EQ(message_of(Blame::kData, [] { load_words("nowhere"); }),
            "nowhere: there is no such file; a folder written by lockstep words or a text file is "
            "wanted");
}

}  // namespace
}  // namespace lockstep
