#include "extractor/predictions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/extractor/fake_model.h"

namespace lockstep {
namespace {

/// Distributions over four tokens in two rows; a head that is the identity takes their logarithms.
const std::vector<std::vector<double>> kProbabilities = {
    {0.5, 0.25, 0.125, 0.125}, {0.1, 0.2, 0.3, 0.4}, {0.7, 0.1, 0.1, 0.1}};

at::Tensor states() {
  at::Tensor logits = at::empty({3, 4}, at::kFloat);
  for (int64_t row = 0; row < 3; ++row) {
    for (int64_t id = 0; id < 4; ++id) {
      // Any constant may be added to logits.
      logits[row][id] =
          std::log(kProbabilities[static_cast<std::size_t>(row)][static_cast<std::size_t>(id)]) +
          3.0 * static_cast<double>(row);
    }
  }
  return logits;
}

WordPrediction predicted(const PredictedWord& word,
                         const std::optional<std::vector<uint8_t>>& boundaries) {
  const FakeModel model(4);
  return predict_words(model, states(), std::vector{word}, boundaries).front();
}

TEST(Predictions, OfAWordOfTwoTokens) {
  const auto found = predicted({.ids = {1, 2}, .rows = {0, 1}, .last_row = 2}, std::nullopt);

  EXPECT_NEAR(found.surprisal, 2 - std::log2(0.3), 1e-5);
  EXPECT_NEAR(found.entropy, 0.5 + 0.5 + 0.375 + 0.375, 1e-5);
  EXPECT_EQ(found.rank, 2);
  EXPECT_TRUE(std::isnan(found.corrected));
}

TEST(Predictions, TheCorrectionWeighsTheWordsEnds) {
  // Tokens 0 and 1 are where a word is over.
  const std::vector<uint8_t> boundaries = {1, 1, 0, 0};

  const auto spaced = predicted({.ids = {1, 2}, .rows = {0, 1}, .last_row = 2}, boundaries);
  const auto glued = predicted({.ids = {3}, .rows = {1}, .last_row = 2}, boundaries);

  EXPECT_NEAR(spaced.corrected, spaced.surprisal + std::log2(0.75) - std::log2(0.8), 1e-5);
  EXPECT_NEAR(glued.surprisal, -std::log2(0.4), 1e-5);
  EXPECT_NEAR(glued.corrected, glued.surprisal - std::log2(0.8), 1e-5);
}

/// Over words that are one token each and fill the text the corrections cancel but for the ends.
TEST(Predictions, CorrectionsOfNeighboursCancel) {
  const std::vector<uint8_t> boundaries = {1, 0, 1, 1};
  const FakeModel model(4);
  const std::vector<PredictedWord> words = {{.ids = {0}, .rows = {0}, .last_row = 1},
                                            {.ids = {2}, .rows = {1}, .last_row = 2}};

  const auto found = predict_words(model, states(), words, boundaries);

  const double corrected = static_cast<double>(found[0].corrected) + found[1].corrected;
  const double plain = static_cast<double>(found[0].surprisal) + found[1].surprisal;
  EXPECT_NEAR(corrected, plain + std::log2(0.75) - std::log2(0.9), 1e-5);
}

TEST(Predictions, AreNotThereForAWordThatNothingPrecedes) {
  const auto found = predicted({.ids = {1, 2}, .rows = {-1, 0}, .last_row = 1}, std::nullopt);

  EXPECT_TRUE(std::isnan(found.surprisal));
  EXPECT_TRUE(std::isnan(found.corrected));
  EXPECT_TRUE(std::isnan(found.entropy));
  EXPECT_TRUE(std::isnan(found.rank));
}

TEST(Predictions, ATokenThatCannotComeIsInfinitelySurprising) {
  const FakeModel model(4);
  at::Tensor logits = states();
  logits[0][2] = -std::numeric_limits<double>::infinity();

  const auto found =
      predict_words(model,
                    logits,
                    std::vector<PredictedWord>{{.ids = {2}, .rows = {0}, .last_row = 1}},
                    std::nullopt)
          .front();

  EXPECT_TRUE(std::isinf(found.surprisal));
  EXPECT_EQ(found.rank, 4);
  EXPECT_TRUE(std::isfinite(found.entropy));
}

TEST(Predictions, TakeAWideVocabularyAFewRowsAtATime) {
  const int64_t width = int64_t{3} << 20;
  const FakeModel model(width);
  const at::Tensor logits = at::zeros({3, width}, at::kFloat);
  const std::vector<PredictedWord> words = {{.ids = {5}, .rows = {0}, .last_row = 1},
                                            {.ids = {6}, .rows = {1}, .last_row = 2}};

  const auto found = predict_words(model, logits, words, std::nullopt);

  EXPECT_EQ(model.num_head_calls(), 2);
  for (const WordPrediction& word : found) {
    EXPECT_NEAR(word.surprisal, std::log2(static_cast<double>(width)), 1e-4);
  }
}

}  // namespace
}  // namespace lockstep
