#include "aligner/word_expression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "aligner/word_selection.h"
#include "base/hdf5_writer.h"
#include "base/schemas/tap_axis.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

/// the quick dog, ran away: onsets 0, 1, ... ; the last without one
Words five_words() {
  Words words;
  words.sha256 = "abc123abc123abc123";
  const char* text[] = {"the", "quick", "dog", "ran", "away"};
  const char* pos[] = {"DET", "ADJ", "NOUN", "VERB", "ADV"};
  for (int i = 0; i < 5; ++i) {
    WordRow row;
    row.story = i < 3 ? "one" : "two";
    row.block = "b" + std::to_string(i / 2);
    row.word = text[i];
    row.pos = pos[i];
    row.content = i > 0;
    row.onset_s = i < 4 ? i : std::numeric_limits<double>::quiet_NaN();
    row.duration_s = 0.25;
    row.sentence = i < 3 ? 0 : -1;
    words.rows.push_back(row);
  }
  return words;
}

std::string kept(const std::string& expression) {
  std::string marks;
  for (const auto mark : evaluate_where(expression, five_words()).keeps)
    marks += mark != 0 ? '1' : '0';
  return marks;
}

TEST(Where, ComparesNumbers) {
  EXPECT_EQ(kept("onset < 2"), "11000");
  EXPECT_EQ(kept("onset <= 2"), "11100");
  EXPECT_EQ(kept("onset>=2.0"), "00110");
  EXPECT_EQ(kept("2 < onset"), "00010");
  EXPECT_EQ(kept("onset == 1"), "01000");
  EXPECT_EQ(kept("onset = 1"), "01000");
  EXPECT_EQ(kept("onset != 1"), "10110");
  EXPECT_EQ(kept("onset > -1e-3"), "11110");
  EXPECT_EQ(kept("row > 2"), "00011");
}

TEST(Where, ComparesTexts) {
  EXPECT_EQ(kept("pos == \"NOUN\""), "00100");
  EXPECT_EQ(kept("word != 'dog'"), "11011");
  EXPECT_EQ(kept("story = 'two' and block == 'b1'"), "00010");
}

TEST(Where, AComparisonWithAMissingNumberIsFalse) {
  EXPECT_EQ(kept("onset != 0"), "01110");
  EXPECT_EQ(kept("sentence >= 0"), "11100");
  EXPECT_EQ(kept("not onset < 2"), "00111");
}

TEST(Where, AndBindsTighterThanOrAndNotTightest) {
  EXPECT_EQ(kept("row == 0 or row == 1 and row == 2"), "10000");
  EXPECT_EQ(kept("(row == 0 or row == 1) and row == 1"), "01000");
  EXPECT_EQ(kept("not row == 0 and content"), "01111");
  EXPECT_EQ(kept("not (row == 0 or content)"), "00000");
  EXPECT_EQ(kept("not not content"), "01111");
}

TEST(Where, LooksThroughLists) {
  EXPECT_EQ(kept("pos in (\"NOUN\", 'VERB')"), "00110");
  EXPECT_EQ(kept("row not in (0, 2, 4)"), "01010");
}

TEST(Where, SaysWhereItFails) {
  const auto said = [](const std::string& expression) {
    return message_of(Blame::kCommandLine, [&] { evaluate_where(expression, five_words()); });
  };

  EXPECT_EQ(said("content and onset >"),
            "--where content and onset >: position 20: the expression ends; wanted a column, "
            "number or quoted text");
  EXPECT_TRUE(holds(said("colour == 1"),
                    "position 1: \"colour\" is no column of the words; known are block, content"));
  EXPECT_TRUE(holds(said("pos == 3"), "position 8: a text compared with a number"));
  EXPECT_TRUE(holds(said("row in (1, 'a')"), "position 12: a number compared with a text"));
  EXPECT_TRUE(holds(said("row in 1"), "position 8: found \"1\"; wanted ("));
  EXPECT_TRUE(holds(said("row in (1"), "position 10: the expression ends; wanted )"));
  EXPECT_TRUE(holds(said("(row > 1"), "position 9: the expression ends; wanted )"));
  EXPECT_TRUE(holds(said("row > 1 row"), "position 9: found \"row\"; wanted and, or, or the end"));
  EXPECT_TRUE(
      holds(said("pos"), "position 4: the expression ends; wanted a comparison with the text"));
  EXPECT_TRUE(holds(said("pos = 'NOUN"), "position 7: a quote that does not end"));
  EXPECT_TRUE(holds(said("row & 1"), "position 5: \"&\" has no meaning here"));
  EXPECT_TRUE(holds(said("row > -."), "position 7: no number"));
  EXPECT_TRUE(holds(said("row not 3"), "position 9: found \"3\"; wanted in"));
  EXPECT_TRUE(holds(said("length@ > 3"), "position 7: no file behind @"));
  EXPECT_TRUE(holds(said("length[50] > 3"), "position 12: no @FILE behind [...]"));
  EXPECT_TRUE(holds(said(""), "position 1: the expression ends"));
}

/// Words 1, 2 and 4; `plain` on the words, `surprisal` on two contexts and the words.
void write_values(const std::filesystem::path& path, const std::string& sha, int64_t last_row = 4) {
  Hdf5Writer file(path);
  file.attribute("", "words_sha256", sha);
  file.define_axis("word", std::vector<int64_t>{1, 2, last_row}, {});
  write_context_axis(file, {{"10", 10}, {"50", 50}});
  file.define_axis("unit", 2);
  file.write("plain", std::vector<float>{5, 6, 7}, {"word"});
  file.write("surprisal", std::vector<float>{1, 2, 3, 4, 5, NAN}, {"context", "word"});
  file.write("wide", std::vector<float>(6), {"word", "unit"});
  file.close();
}

TEST(Where, ReadsVariablesOfOtherFiles) {
  const TemporaryFolder folder;
  const auto path = folder / "a file.h5";
  write_values(path, five_words().sha256);
  const auto quoted = "@\"" + path.string() + "\"";

  EXPECT_EQ(kept("plain" + quoted + " >= 6"), "00101");
  EXPECT_EQ(kept("surprisal[50]" + quoted + " > 4"), "00100");
  EXPECT_EQ(kept("surprisal[10]" + quoted + " < 3 or row = 0"), "11100");
  EXPECT_EQ(evaluate_where("plain" + quoted + " > 0", five_words()).files,
            std::vector<std::filesystem::path>{path});
}

TEST(Where, SaysWhatIsWrongWithAVariable) {
  const TemporaryFolder folder;
  const auto path = folder / "values.h5";
  write_values(path, five_words().sha256);
  const auto said = [&](Blame blame, const std::string& variable) {
    return message_of(
        blame, [&] { evaluate_where(variable + "@" + path.string() + " > 0", five_words()); });
  };

  EXPECT_TRUE(holds(said(Blame::kData, "missing"), "values.h5: no variable missing; it has"));
  EXPECT_TRUE(holds(said(Blame::kData, "wide"),
                    "wide lies on (word, unit); wanted (word) or (context, word)"));
  EXPECT_TRUE(holds(said(Blame::kData, "plain[50]"),
                    "plain lies on (word); wanted (word) with [50]: (context, word)"));
  EXPECT_TRUE(holds(said(Blame::kCommandLine, "surprisal"),
                    "surprisal has contexts 10, 50; write surprisal[10]@FILE"));
  EXPECT_TRUE(holds(said(Blame::kCommandLine, "surprisal[9]"),
                    "surprisal has no context 9; it has 10, 50"));
  write_values(path, five_words().sha256, 9);
  EXPECT_TRUE(holds(said(Blame::kData, "plain"), "values.h5: word 9; the words have rows 0 to 4"));
  write_values(path, "ffffffffffffffff");
  EXPECT_TRUE(
      holds(said(Blame::kData, "plain"), "made of the words ffffffffffff; wanted abc123abc123"));
}

TEST(SelectWords, CountsWhatEachStepTakes) {
  const WordSelection selection = select_words(five_words(), "content", "onset >= 2");

  EXPECT_EQ(selection.keeps, (std::vector<uint8_t>{0, 0, 1, 1, 0}));
  ASSERT_EQ(selection.steps.size(), 2u);
  EXPECT_EQ(selection.steps[0].what, "not content words");
  EXPECT_EQ(selection.steps[0].count, 1);
  EXPECT_EQ(selection.steps[1].what, "not onset >= 2");
  EXPECT_EQ(selection.steps[1].count, 2);
  EXPECT_EQ(select_words(five_words(), "all", "").count(), 5);
}

TEST(SelectWords, TakesATableOfRows) {
  const TemporaryFolder folder;
  const auto path = folder / "rows.tsv";
  testing::write_bytes(path, "word\tnote\n4\tx\n1\ty\n");

  const WordSelection selection = select_words(five_words(), path.string(), "");

  EXPECT_EQ(selection.keeps, (std::vector<uint8_t>{0, 1, 0, 0, 1}));
  EXPECT_EQ(selection.files, std::vector<std::filesystem::path>{path});
}

TEST(SelectWords, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  const auto path = folder / "rows.tsv";
  testing::write_bytes(path, "word\n7\n");

  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { select_words(five_words(), path.string(), ""); }),
            "rows.tsv:2: word: \"7\"; a row of the words, 0 to 4"));
  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine, [&] { select_words(five_words(), "nouns", ""); }),
            "--words nouns: no such file; wanted content, all or a table"));
}

}  // namespace
}  // namespace lockstep
