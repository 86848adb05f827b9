#include "aligner/embargo.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random_stream.h"

namespace lockstep {
namespace {

/// 200 words in two recordings, at uneven times; folds of stretches, one of them never tested.
struct Heard {
  std::vector<HeardWord> words;
  FoldPlan folds;

  Heard() {
    RandomStream stream(1, "onsets");
    double onset_s = 0;
    for (int64_t row = 0; row < 200; ++row) {
      onset_s += 2 * stream.uniform();
      words.push_back({row, row < 120 ? 0u : 1u, 0, row == 120 ? onset_s = 1 : onset_s});
      folds.block.push_back(row / 25);
      folds.fold.push_back(row / 25 == 7 ? -1 : row / 25 % 4);
    }
    folds.num_blocks = 8;
    folds.num_folds = 4;
  }
};

class Embargo : public ::testing::TestWithParam<double> {};

TEST_P(Embargo, NoTrainingWordIsCloserToATestWordAndNoOtherIsDropped) {
  const Heard heard;

  const auto trains = training_marks(heard.words, heard.folds, GetParam());

  for (std::size_t i = 0; i < heard.words.size(); ++i) {
    for (int64_t fold = 0; fold < 4; ++fold) {
      bool wanted = heard.folds.fold[i] != fold;
      for (std::size_t j = 0; j < heard.words.size(); ++j) {
        const bool same = heard.words[i].recording == heard.words[j].recording;
        const double apart_s = std::abs(heard.words[i].onset_s - heard.words[j].onset_s);
        if (heard.folds.fold[j] == fold && same && apart_s < GetParam()) wanted = false;
      }
      EXPECT_EQ(trains[i * 4 + static_cast<std::size_t>(fold)] != 0, wanted)
          << "word " << i << " fold " << fold;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seconds, Embargo, ::testing::Values(0.0, 0.5, 5.5, 40.0));

Words timed_words(int64_t count) {
  Words words;
  words.stories.push_back({"tale", std::string(static_cast<std::size_t>(2 * count), 'w')});
  for (int64_t i = 0; i < count; ++i) {
    WordRow row;
    row.story = "tale";
    row.onset_s = static_cast<double>(i * i);
    row.duration_s = 0.5;
    row.has_span = true;
    row.span = {2 * i, 2 * i + 1};
    words.rows.push_back(row);
  }
  return words;
}

TEST(LongestContext, IsTheLongestOverWordsAndContexts) {
  const Words words = timed_words(10);
  const std::vector<uint8_t> all(10, 1);
  const std::vector<uint8_t> early = {1, 1, 1, 1, 1, 0, 0, 0, 0, 0};

  EXPECT_EQ(longest_context_s(words, all, {{"1", 1}, {"3", 3}}), 81 - 49 + 0.5);
  EXPECT_EQ(longest_context_s(words, early, {{"3", 3}}), 16 - 4 + 0.5);
  EXPECT_EQ(longest_context_s(words, all, {{"11", 11}}), std::nullopt);
}

TEST(LongestContext, OfTokensIsThatOfAsManyWords) {
  const Words words = timed_words(10);
  const std::vector<uint8_t> all(10, 1);

  EXPECT_EQ(longest_context_s(words, all, {{.name = "3t", .tokens = 3}}), 81 - 49 + 0.5);
  EXPECT_EQ(longest_context_s(words, all, {{.name = "128t", .tokens = 128}}), 81 + 0.5);
}

TEST(LongestContext, OfAllTheStoryReachesBackToItsFirstWord) {
  EXPECT_EQ(longest_context_s(timed_words(10), std::vector<uint8_t>(10, 1), {{.name = "all"}}),
            81 + 0.5);
  std::vector<uint8_t> one(10, 0);
  one[4] = 1;
  EXPECT_EQ(longest_context_s(timed_words(10), one, {{.name = "all"}}), 16 + 0.5);
}

TEST(LongestContext, IsUnknownWithoutTimes) {
  Words words = timed_words(10);
  for (auto& row : words.rows) row.onset_s = NAN;

  EXPECT_EQ(longest_context_s(words, std::vector<uint8_t>(10, 1), {{"3", 3}}), std::nullopt);
}

}  // namespace
}  // namespace lockstep
