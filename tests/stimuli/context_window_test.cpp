#include "stimuli/context_window.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

WordRow word_at(const std::string& story, int64_t begin, const std::string& block = "1") {
  WordRow row;
  row.story = story;
  row.block = block;
  row.word = "w";
  row.has_span = begin >= 0;
  if (begin >= 0) row.span = {begin, begin + 1};
  return row;
}

/// Story "a": rows 0 to 4, row 2 without a span, a new block and sentence at row 3; story "b": rows
/// 5 and 6.
Words two_stories() {
  Words words;
  words.stories = {{"a", "w w w w w"}, {"b", "w w"}};
  words.rows = {word_at("a", 0),
                word_at("a", 2),
                word_at("a", -1),
                word_at("a", 4, "2"),
                word_at("a", 6, "2"),
                word_at("b", 0),
                word_at("b", 2)};
  words.rows[3].sentence = 1;
  return words;
}

TEST(ContextWindows, OneWordIsTheTargetItself) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  for (const int64_t row : {0, 1, 3, 4, 5, 6}) EXPECT_EQ(windows.first_word(row, 1), row);
}

TEST(ContextWindows, CountsOnlyRowsWithASpanAndCrossesBlocksAndSentences) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  EXPECT_EQ(windows.first_word(3, 2), 1);
  EXPECT_EQ(windows.first_word(4, 3), 1);
  EXPECT_EQ(windows.first_word(4, 4), 0);
}

TEST(ContextWindows, GivesNothingRatherThanAShorterWindow) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  EXPECT_EQ(windows.first_word(4, 5), std::nullopt);
  EXPECT_EQ(windows.first_word(0, 2), std::nullopt);
  EXPECT_EQ(windows.first_word(4, INT64_MAX), std::nullopt);
}

TEST(ContextWindows, StopsAtTheStory) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  EXPECT_EQ(windows.first_word(5, 2), std::nullopt);
  EXPECT_EQ(windows.first_word(6, 2), 5);
}

TEST(ContextWindows, ARowWithoutASpanHasNoContext) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  EXPECT_EQ(windows.first_word(2, 1), std::nullopt);
  EXPECT_EQ(windows.position(2), -1);
}

TEST(ContextWindows, StoryRowsAndPositionsAreInverse) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  EXPECT_EQ(windows.story_rows(0), (std::vector<int64_t>{0, 1, 3, 4}));
  EXPECT_EQ(windows.story_rows(1), (std::vector<int64_t>{5, 6}));
  EXPECT_EQ(windows.position(3), 2);
  EXPECT_EQ(windows.position(6), 1);
  EXPECT_EQ(windows.story_of(4), 0u);
  EXPECT_EQ(windows.story_of(5), 1u);
}

std::string message_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(ContextWindows, RefusesWhatIsNoRowAndNoContext) {
  const Words words = two_stories();
  const ContextWindows windows(words);

  EXPECT_EQ(message_of([&] { (void)windows.first_word(7, 1); }),
            "context windows: row 7; a row of the 7 words is wanted");
  EXPECT_EQ(message_of([&] { (void)windows.position(-1); }),
            "context windows: row -1; a row of the 7 words is wanted");
  EXPECT_EQ(message_of([&] { (void)windows.first_word(0, 0); }),
            "context windows: a context of 0 words; 1 or more is wanted");
  EXPECT_EQ(message_of([&] { (void)windows.story_rows(2); }), "context windows: story 2 of 2");
}

TEST(ContextWindows, RefusesARowOfAStoryWithoutText) {
  Words words = two_stories();
  words.stories.pop_back();

  EXPECT_EQ(message_of([&] { ContextWindows windows(words); }),
            "context windows: row 5 is of story \"b\"; its text is wanted");
}

TEST(ContextWindows, NoWordsAtAll) {
  const ContextWindows windows(Words{});

  EXPECT_EQ(message_of([&] { (void)windows.position(0); }),
            "context windows: row 0; a row of the 0 words is wanted");
}

}  // namespace
}  // namespace lockstep
