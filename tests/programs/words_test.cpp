#include <gtest/gtest.h>

#include <filesystem>

#include "base/schemas/words_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_in_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::run_lockstep;
using testing::TemporaryFolder;
using testing::write_bytes;

TEST(WordsProgram, MakesTheFolderOfTheBuiltInExample) {
  const TemporaryFolder folder;

  const auto run = run_lockstep(folder.path(), "words --example -o words");

  EXPECT_EQ(run.status, 0) << run.messages;
  EXPECT_TRUE(run.output.empty());
  EXPECT_TRUE(holds(run.messages, "story: 1,916 words spoken, 1,913 (99.8 %) found in the text"));
  EXPECT_TRUE(holds(run.messages, "word classes: closed-class lists and suffix rules"));
  EXPECT_TRUE(std::filesystem::exists(folder / "words/audit.tsv"));
  const Words words = read_words_folder(folder / "words");
  EXPECT_EQ(words.rows.size(), 1916u);
  EXPECT_EQ(words.rows.front().block, "1");
  EXPECT_EQ(words.rows.back().block, "6");
}

TEST(WordsProgram, GivesTheSameBytesTwice) {
  const TemporaryFolder folder;

  run_lockstep(folder.path(), "words --example -o a");
  run_lockstep(folder.path(), "words --quiet --example -o b");

  for (const char* name : {"words.tsv", "audit.tsv", "text/story.txt"}) {
    EXPECT_EQ(testing::read_bytes(folder / "a" / name), testing::read_bytes(folder / "b" / name))
        << name;
  }
}

TEST(WordsProgram, TakesATextAlone) {
  const TemporaryFolder folder;
  write_bytes(folder / "tale.txt", "It rained. She left.");

  const auto run = run_lockstep(folder.path(), "words --text tale.txt -o words");

  EXPECT_EQ(run.status, 0) << run.messages;
  EXPECT_TRUE(holds(run.messages, "tale: 4 words of text, no times"));
  EXPECT_EQ(read_words_folder(folder / "words").rows.at(2).sentence, 1);
}

TEST(WordsProgram, TakesFoldersOfStories) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "texts");
  std::filesystem::create_directories(folder / "spoken");
  write_bytes(folder / "texts/s2.txt", "It rained all day.");
  write_bytes(folder / "texts/s10.txt", "She left at once.");
  write_bytes(folder / "spoken/s2.tsv", "word\tonset\nit\t0\nrained\t1\n");
  write_bytes(folder / "spoken/s10.csv", "text,start\nshe,0\nleft,1\n");

  const auto run = run_lockstep(folder.path(), "words --text texts --transcript spoken -o words");

  EXPECT_EQ(run.status, 0) << run.messages;
  const Words words = read_words_folder(folder / "words");
  ASSERT_EQ(words.stories.size(), 2u);
  EXPECT_EQ(words.stories[0].name, "s2");
  EXPECT_EQ(words.rows.at(3).span, (CharSpan{4, 8}));
}

TEST(WordsProgram, PrintsWhatIsOddAndCountsWhatIsLeftOut) {
  const TemporaryFolder folder;
  write_bytes(folder / "tale.txt", "It rained all day.");
  write_bytes(folder / "spoken.tsv",
              "word\tonset\nit\t0\nsp\t1\nrained\t2\nhm\t3\nall\t4\nday\t5\n");

  const auto run =
      run_lockstep(folder.path(), "words --text tale.txt --transcript spoken.tsv -o words");

  EXPECT_TRUE(holds(run.messages, "left out, being no words: 1 of kind \"pause\""));
  EXPECT_TRUE(holds(run.messages,
                    "tale: not in the text: row 2, \"hm\" at 3 s, between \"rained\" and \"all\""));
  EXPECT_TRUE(holds(testing::read_bytes(folder / "words/audit.tsv"),
                    "not in the text\t2\ttale\t1\t3\thm\trained\tall"));
}

TEST(WordsProgram, IsQuietWhenAsked) {
  const TemporaryFolder folder;

  EXPECT_EQ(run_lockstep(folder.path(), "words --quiet --example -o words").messages, "");
}

TEST(WordsProgram, TakesTagsOfItsOwnFolder) {
  const TemporaryFolder folder;
  write_bytes(folder / "tale.txt", "It rained.");
  write_bytes(folder / "tags.tsv",
              "# tags: somebody\nstory\tchar_begin\tchar_end\tpos\ntale\t0\t2\tPRON\n");

  const auto run = run_lockstep(folder.path(), "words --text tale.txt --pos tags.tsv -o words");

  EXPECT_EQ(run.status, 0) << run.messages;
  EXPECT_TRUE(holds(run.messages, "word classes: somebody; 0 of 2 words are content words"));
  EXPECT_TRUE(holds(run.messages, "warning: words: 1 words of the text have no tag in the table"));
  EXPECT_EQ(read_words_folder(folder / "words").pos_source, "somebody");
}

TEST(WordsProgram, RefusesWrongCommandLines) {
  const TemporaryFolder folder;
  write_bytes(folder / "tale.txt", "It rained.");
  const auto refusal = [&](const std::string& arguments) {
    const auto run = run_lockstep(folder.path(), "words " + arguments);
    EXPECT_EQ(run.status, 2) << arguments;
    EXPECT_FALSE(std::filesystem::exists(folder / "w/words.tsv")) << arguments;
    return run.messages;
  };

  EXPECT_EQ(refusal("-o w"), "lockstep: words: no text; --text FILE or --example is wanted\n");
  EXPECT_EQ(refusal("--text none.txt -o w"),
            "lockstep: none.txt: there is no such file or folder; a file, or a folder of .txt "
            "files, is wanted\n");
  EXPECT_EQ(refusal("--text tale.txt -o tale.txt"),
            "lockstep: tale.txt: a file; a folder to create is wanted\n");
  EXPECT_TRUE(holds(refusal("--text tale.txt --example -o w"), "excludes"));
  EXPECT_TRUE(holds(refusal("--text tale.txt"), "--output is required"));
  EXPECT_TRUE(holds(refusal("--nonsense"), "lockstep words"));
}

TEST(WordsProgram, RefusesBrokenDataAndLeavesNothing) {
  const TemporaryFolder folder;
  write_bytes(folder / "tale.txt", "It rained.");
  write_bytes(folder / "spoken.tsv", "word\tonset\nit\tsoon\n");

  const auto run =
      run_lockstep(folder.path(), "words --text tale.txt --transcript spoken.tsv -o w");

  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.messages, "lockstep: spoken.tsv:2: onset: \"soon\"; a number is wanted\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "w"));
}

TEST(WordsProgram, HelpHasAnExample) {
  const TemporaryFolder folder;

  const auto run = run_lockstep(folder.path(), "words --help");

  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(
      holds(run.output, "lockstep words --text story.txt --transcript story.TextGrid -o words"));
}

}  // namespace
}  // namespace lockstep
