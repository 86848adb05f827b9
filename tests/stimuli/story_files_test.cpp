#include "stimuli/story_files.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

/// A folder with texts/ and spoken/.
struct Stories : TemporaryFolder {
  Stories() {
    std::filesystem::create_directories(path() / "texts");
    std::filesystem::create_directories(path() / "spoken");
  }
  void text(const std::string& name) const { write_bytes(path() / "texts" / name, "One word."); }
  void spoken(const std::string& name, const std::string& bytes = "word\none\n") const {
    write_bytes(path() / "spoken" / name, bytes);
  }
  StoryInputs read() const { return read_story_inputs(path() / "texts", path() / "spoken"); }
  std::string refusal() const {
    return message_of(Blame::kData, [this] { read(); });
  }
};

TEST(StoryFiles, ArePairedByStemInTheOrderOfTheirNumbers) {
  const Stories stories;
  for (const char* name : {"s10", "s2", "s1"}) {
    stories.text(std::string(name) + ".txt");
    stories.spoken(std::string(name) + ".tsv", std::string("word\n") + name + "\n");
  }

  const auto inputs = stories.read();

  ASSERT_EQ(inputs.stories.size(), 3u);
  EXPECT_EQ(inputs.stories[1].name, "s2");
  EXPECT_EQ(inputs.stories[2].name, "s10");
  EXPECT_EQ(inputs.stories[2].spoken.at(0).word, "s10");
}

TEST(StoryFiles, OneTextAndOneTranscriptBelongTogether) {
  const Stories stories;
  stories.text("tale.txt");
  stories.spoken("sub-001_events.tsv", "onset\ttype\tvalue\n1\tword\tone\n2\tsound\tx\n");

  const auto inputs = read_story_inputs(stories.path() / "texts/tale.txt",
                                        stories.path() / "spoken/sub-001_events.tsv");

  EXPECT_EQ(inputs.stories.at(0).name, "tale");
  EXPECT_TRUE(inputs.stories[0].has_transcript);
  EXPECT_EQ(inputs.left_out.at("sound"), 1);
}

TEST(StoryFiles, ATableMayHoldSeveralStories) {
  const Stories stories;
  stories.text("a.txt");
  stories.text("b.txt");
  stories.spoken("all.tsv", "story\tword\nb\tone\na\tword\n");

  const auto inputs = stories.read();

  EXPECT_EQ(inputs.stories.at(0).spoken.at(0).word, "word");
}

TEST(StoryFiles, RefusesWhatHasNoPartner) {
  const Stories stories;
  stories.text("a.txt");
  stories.text("b.txt");
  stories.spoken("a.tsv");
  EXPECT_EQ(stories.refusal(),
            (stories.path() / "texts/b.txt").string() +
                ": no transcript of story \"b\"; one with the same stem is wanted");

  stories.spoken("b.tsv");
  stories.spoken("c.csv");
  EXPECT_EQ(stories.refusal(),
            "story \"c\" has a transcript and no text; a text with the same stem is wanted");
}

TEST(StoryFiles, RefusesTwoTranscriptsOfAStory) {
  const Stories stories;
  stories.text("a.txt");
  stories.spoken("a.tsv");
  stories.spoken("a.csv");

  EXPECT_EQ(stories.refusal(),
            (stories.path() / "spoken/a.tsv").string() +
                ": story \"a\" is in another transcript too; one transcript a story is wanted");
}

TEST(StoryFiles, RefusesMissingAndEmptyPlaces) {
  const Stories stories;
  EXPECT_EQ(stories.refusal(),
            (stories.path() / "texts").string() + ": no .txt files in this folder");
  stories.text("a.txt");
  EXPECT_EQ(
      stories.refusal(),
      (stories.path() / "spoken").string() + ": no .tsv, .csv or .TextGrid files in this folder");
  EXPECT_EQ(
      message_of(Blame::kCommandLine, [] { read_story_inputs("nowhere", {}); }),
      "nowhere: there is no such file or folder; a file, or a folder of .txt files, is wanted");
}

TEST(StoryFiles, TextsLoseByteOrderMarksAndCarriageReturns) {
  const TemporaryFolder folder;
  write_bytes(folder / "t.txt", "\xEF\xBB\xBFOne\r\ntwo\rthree\n");

  EXPECT_EQ(read_story_text(folder / "t.txt"), "One\ntwo\nthree\n");
}

TEST(StoryFiles, RefusesTextsThatAreNone) {
  const TemporaryFolder folder;
  write_bytes(folder / "t.txt", "caf\xE9");
  write_bytes(folder / "e.txt", " \n...\n");

  EXPECT_EQ(message_of(Blame::kData, [&] { read_story_text(folder / "t.txt"); }),
            (folder / "t.txt").string() + ": byte 3: not UTF-8");
  EXPECT_EQ(message_of(Blame::kData, [&] { read_story_text(folder / "e.txt"); }),
            (folder / "e.txt").string() + ": no words in it; a text is wanted");
}

TEST(StoryFiles, NamesAreOrderedByTheirNumbers) {
  EXPECT_TRUE(comes_before("run-2", "run-10"));
  EXPECT_FALSE(comes_before("run-10", "run-2"));
  EXPECT_TRUE(comes_before("a", "b"));
  EXPECT_TRUE(comes_before("a1", "a1b"));
  EXPECT_TRUE(comes_before("01", "2"));
  EXPECT_FALSE(comes_before("x", "x"));
  EXPECT_TRUE(comes_before("01", "1") != comes_before("1", "01"));
}

}  // namespace
}  // namespace lockstep
