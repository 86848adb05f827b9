#include "aligner/scores/block_resampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/aligner/scores/word_blocks.h"

namespace lockstep {
namespace {

// One draw word by word: every block of a fold as often as it was drawn, r of each component, mean,
// then the mean over folds weighted by how much of each was drawn.
double direct_score(const WordBlocks& words,
                    std::span<const int32_t> times_drawn,
                    std::size_t time) {
  double total = 0, total_weight = 0;
  for (const int64_t fold : tested_folds(words.block_fold)) {
    double mean_r = 0, drawn = 0, blocks = 0;
    for (std::size_t component = 0; component < words.num_components; ++component) {
      WordSums sums;
      drawn = blocks = 0;
      for (std::size_t block = 0; block < words.block_fold.size(); ++block) {
        if (words.block_fold[block] != fold) continue;
        const WordBlocks::Pairs& pairs = words.at(block, component, time);
        if (pairs.observed.empty()) continue;
        blocks += 1;
        drawn += times_drawn[block];
        for (int32_t again = 0; again < times_drawn[block]; ++again) {
          for (std::size_t i = 0; i < pairs.observed.size(); ++i) {
            sums.add(pairs.observed[i], pairs.predicted[i]);
          }
        }
      }
      mean_r += pearson(sums) / static_cast<double>(words.num_components);
    }
    if (drawn == 0) continue;
    total += drawn / blocks * mean_r;
    total_weight += drawn / blocks;
  }
  return total / total_weight;
}

void expect_direct(const WordBlocks& words, const BlockResampling& plan) {
  const std::vector<double> sums = words.sums();
  const auto scores = plan.scores(words.block_sums(sums));
  for (int64_t draw = 0; draw < plan.num_draws(); ++draw) {
    for (std::size_t time = 0; time < words.num_times; ++time) {
      const double expected = direct_score(words, plan.multiplicities(draw), time);
      const double found = scores[static_cast<std::size_t>(draw) * words.num_times + time];
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(found)) << "draw " << draw << ", time " << time;
      } else {
        EXPECT_NEAR(found, expected, 1e-12) << "draw " << draw << ", time " << time;
      }
    }
  }
}

TEST(BlockResampling, DrawsAsManyBlocksAsAreTestedWithReplacement) {
  const std::vector<int64_t> block_fold = {0, 0, -1, 1, 2};
  const BlockResampling plan(block_fold, 4000, 7);

  std::vector<double> mean(5, 0);
  for (int64_t draw = 0; draw < 4000; ++draw) {
    const auto drawn = plan.multiplicities(draw);
    EXPECT_EQ(std::accumulate(drawn.begin(), drawn.end(), 0), 4);
    for (std::size_t block = 0; block < 5; ++block) mean[block] += drawn[block] / 4000.0;
  }

  EXPECT_EQ(plan.num_blocks(), 4);
  EXPECT_EQ(mean[2], 0);
  // Each is binomial with variance 4 * 1/4 * 3/4: five standard errors of the mean.
  for (const std::size_t block : {0U, 1U, 3U, 4U}) {
    EXPECT_NEAR(mean[block], 1, 5 * std::sqrt(0.75 / 4000)) << "block " << block;
  }
}

TEST(BlockResampling, GivesWhatTheWordsOfTheDrawnBlocksGive) {
  const WordBlocks words = random_words({0, 0, 0, 1, 1, 1, -1}, 3, 4, 11);

  expect_direct(words, BlockResampling(words.block_fold, 200, 3));
}

TEST(BlockResampling, IsABootstrapOfTheMeanWithOneBlockAFold) {
  const WordBlocks words = random_words({2, 0, 1, 3}, 2, 2, 12);
  const BlockResampling plan(words.block_fold, 100, 4);
  const std::vector<double> sums = words.sums();

  const auto scores = plan.scores(words.block_sums(sums));

  expect_direct(words, plan);
  std::vector<double> fold_r;
  for (const int64_t fold : words.block_fold) {
    const auto r = fold_correlations(words.block_sums(sums), fold);
    fold_r.push_back((r[0] + r[2]) / 2);
  }
  const auto drawn = plan.multiplicities(0);
  double mean = 0;
  for (std::size_t block = 0; block < 4; ++block) mean += drawn[block] * fold_r[block] / 4;
  EXPECT_NEAR(scores[0], mean, 1e-13);
}

TEST(BlockResampling, WorksWithMoreCombinationsThanOneProductTreats) {
  const std::vector<int64_t> block_fold(12, 0);
  const WordBlocks words = random_words(block_fold, 1, 3, 13);

  expect_direct(words, BlockResampling(block_fold, 150, 5));
}

TEST(BlockResampling, DoesNotCountBlocksWithoutWords) {
  WordBlocks words = random_words({0, 0, 1, 1, 2}, 2, 2, 14);
  for (const std::size_t time : {0U, 1U}) {
    words.drop(1, time);
    words.drop(4, time);
  }
  words.drop(2, 1);

  const std::vector<double> sums = words.sums();
  const BlockResampling plan(words.block_fold, 300, 6);

  const auto scores = plan.scores(words.block_sums(sums));

  // At time 0 every block that has words at all has them.
  for (int64_t draw = 0; draw < 300; ++draw) {
    const double expected = direct_score(words, plan.multiplicities(draw), 0);
    const double found = scores[static_cast<std::size_t>(draw) * 2];
    EXPECT_EQ(std::isnan(found), std::isnan(expected)) << "draw " << draw;
    if (std::isnan(expected)) continue;
    EXPECT_NEAR(found, expected, 1e-12) << "draw " << draw;
  }
}

TEST(BlockResampling, OfEqualBlocksAllGiveTheScoreItself) {
  WordBlocks words = random_words({0, 0, 1, 1}, 2, 3, 15);
  for (std::size_t block = 1; block < 4; ++block) {
    for (std::size_t cell = 0; cell < 6; ++cell) words.cells[block * 6 + cell] = words.cells[cell];
  }
  const std::vector<double> sums = words.sums();
  const BlockSums blocks = words.block_sums(sums);

  const auto observed = mean_score(blocks);
  const auto scores = BlockResampling(words.block_fold, 100, 8).scores(blocks);

  for (std::size_t i = 0; i < scores.size(); ++i)
    EXPECT_NEAR(scores[i], observed[i % 3], 1e-13) << i;
}

TEST(BlockResampling, DependsOnTheSeedAlone) {
  const std::vector<int64_t> block_fold = {0, 1, 2, 3, 4, 5};
  const BlockResampling a(block_fold, 50, 1), again(block_fold, 50, 1), other(block_fold, 50, 2);
  const BlockResampling fewer(block_fold, 10, 1);

  int num_equal = 0;
  for (int64_t draw = 0; draw < 50; ++draw) {
    const auto x = a.multiplicities(draw), y = again.multiplicities(draw),
               z = other.multiplicities(draw);
    EXPECT_TRUE(std::equal(x.begin(), x.end(), y.begin()));
    num_equal += std::equal(x.begin(), x.end(), z.begin()) ? 1 : 0;
  }

  EXPECT_LT(num_equal, 10);
  const auto first = a.multiplicities(9), same = fewer.multiplicities(9);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), same.begin()));
}

TEST(BlockResampling, HasNoDrawsOfFewerThanTwoBlocks) {
  EXPECT_EQ(BlockResampling(std::vector<int64_t>{0, -1}, 100, 1).num_draws(), 0);
  EXPECT_EQ(BlockResampling(std::vector<int64_t>{}, 100, 1).num_draws(), 0);
}

TEST(BlockResampling, RefusesSumsOfAnotherPlan) {
  const WordBlocks words = random_words({0, 1}, 1, 1, 1);
  const std::vector<double> sums = words.sums();
  const BlockResampling plan(std::vector<int64_t>{0, 1, 2}, 5, 1);
  try {
    plan.scores(words.block_sums(sums));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "block bootstrap: sums of 2 blocks; of 3 as the plan has");
  }
}

}  // namespace
}  // namespace lockstep
