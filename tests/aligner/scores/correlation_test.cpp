#include "aligner/scores/correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random_stream.h"
#include "tests/aligner/scores/word_blocks.h"

namespace lockstep {
namespace {

// Pearson by its definition, deviations from the mean first.
double direct_correlation(const std::vector<double>& y, const std::vector<double>& p) {
  double mean_y = 0, mean_p = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    mean_y += y[i] / static_cast<double>(y.size());
    mean_p += p[i] / static_cast<double>(y.size());
  }
  double yy = 0, pp = 0, yp = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    pp += (p[i] - mean_p) * (p[i] - mean_p);
    yp += (y[i] - mean_y) * (p[i] - mean_p);
  }
  return yp / std::sqrt(yy * pp);
}

WordSums sums_of(const std::vector<double>& y, const std::vector<double>& p) {
  WordSums sums;
  for (std::size_t i = 0; i < y.size(); ++i) sums.add(y[i], p[i]);
  return sums;
}

TEST(Pearson, EqualsItsDefinition) {
  RandomStream stream(1, "test words");
  std::vector<double> y, p;
  for (int i = 0; i < 500; ++i) {
    y.push_back(0.3 + stream.normal());
    p.push_back(0.1 * y.back() + 0.5 * stream.normal() - 2);
  }

  EXPECT_NEAR(pearson(sums_of(y, p)), direct_correlation(y, p), 1e-13);
}

TEST(Pearson, DoesNotChangeWhenEitherSideIsScaledShiftedOrAllSumsAreMultiplied) {
  const WordSums sums = sums_of({1, 2, 4, 7}, {2, 1, 5, 5});
  WordSums thrice = sums;
  thrice += sums;
  thrice += sums;

  EXPECT_NEAR(pearson(sums_of({11, 12, 14, 17}, {-4, -2, -10, -10})), -pearson(sums), 1e-14);
  EXPECT_NEAR(pearson(thrice), pearson(sums), 1e-14);
}

TEST(Pearson, IsZeroWhereASideDoesNotVaryAndMissingBelowTwoWords) {
  EXPECT_EQ(pearson(sums_of({1, 2, 3}, {0.1, 0.1, 0.1})), 0);
  EXPECT_EQ(pearson(sums_of({0.3, 0.3, 0.3}, {1, 2, 3})), 0);
  EXPECT_EQ(pearson(sums_of({0, 0}, {0, 0})), 0);
  EXPECT_TRUE(std::isnan(pearson(sums_of({1}, {2}))));
  EXPECT_TRUE(std::isnan(pearson({})));
  EXPECT_TRUE(std::isnan(pearson(sums_of({1, NAN}, {2, 3}))));
}

TEST(Pearson, StaysInsideItsBounds) {
  EXPECT_EQ(pearson(sums_of({0.1, 0.2, 0.7}, {0.1, 0.2, 0.7})), 1);
  EXPECT_EQ(pearson(sums_of({0.1, 0.2, 0.7}, {-0.3, -0.6, -2.1})), -1);
}

TEST(MeanScore, AveragesCorrelationsOverComponentsThenFolds) {
  const WordBlocks words =
      random_words({0, 1, 0, -1, 1}, /*components=*/3, /*times=*/2, /*seed=*/5);
  const std::vector<double> sums = words.sums();

  const auto score = mean_score(words.block_sums(sums));

  for (std::size_t time = 0; time < 2; ++time) {
    double expected = 0;
    for (const int64_t fold : {0, 1}) {
      for (std::size_t component = 0; component < 3; ++component) {
        const auto test = words.of_fold(fold, component, time);
        expected += direct_correlation(test.observed, test.predicted) / 6;
      }
    }
    EXPECT_NEAR(score[time], expected, 1e-12) << "time " << time;
  }
}

TEST(MeanScore, LeavesOutAFoldWithoutWordsAndIsMissingWhereNoFoldIsLeft) {
  WordBlocks words = random_words({0, 1}, 2, 2, 9);
  words.drop(/*block=*/1, /*time=*/0);
  words.drop(0, 1);
  words.drop(1, 1);
  const std::vector<double> sums = words.sums();
  const BlockSums blocks = words.block_sums(sums);

  const auto score = mean_score(blocks);

  const auto first_fold = fold_correlations(blocks, 0);
  EXPECT_DOUBLE_EQ(score[0], (first_fold[0] + first_fold[2]) / 2);
  EXPECT_TRUE(std::isnan(score[1]));
}

TEST(MeanScore, LeavesOutAComponentThatHasNoCorrelation) {
  const WordBlocks words = random_words({0, 1}, /*components=*/3, /*times=*/1, /*seed=*/3);
  std::vector<double> sums = words.sums();
  for (std::size_t stat = 0; stat < kNumScoreSums; ++stat) {
    sums[1 * kNumScoreSums + stat] = NAN;  // the second component in the first block
  }
  const BlockSums blocks = words.block_sums(sums);

  const auto score = mean_score(blocks);

  const auto first = fold_correlations(blocks, 0), second = fold_correlations(blocks, 1);
  ASSERT_TRUE(std::isnan(first[1]));
  EXPECT_DOUBLE_EQ(score[0], (first[0] + first[2] + second[0] + second[1] + second[2]) / 5);
}

TEST(MeanScore, RefusesSumsOfAnotherSize) {
  const std::vector<double> values(7);
  const std::vector<int64_t> block_fold = {0, 1};
  try {
    mean_score({.values = values, .block_fold = block_fold, .num_components = 3, .num_times = 4});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "sums: 7 values; 2 blocks x 3 components x 4 times x 6 sums");
  }
}

}  // namespace
}  // namespace lockstep
