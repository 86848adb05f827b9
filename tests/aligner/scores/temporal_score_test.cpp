#include "aligner/scores/temporal_score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<double> kDepths = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};

// scipy.stats.pearsonr, spearmanr (SciPy 1.17.1) and numpy.polyfit of the same numbers.
TEST(TemporalScore, IsTheCorrelationAndTheLineOfScipyAndNumpy) {
  const std::vector<double> peaks_s = {0.20, 0.22, 0.22, 0.31, 0.29, 0.40};

  const TemporalScore score = temporal_score(kDepths, peaks_s);

  EXPECT_EQ(score.layers, 6);
  EXPECT_EQ(score.n, 6);
  EXPECT_EQ(score.distinct, 5);
  EXPECT_NEAR(score.r, 0.9166453227193392, 1e-14);
  EXPECT_NEAR(score.spearman, 0.9276336570439175, 1e-14);
  EXPECT_NEAR(score.p_analytic, 0.010132429095257783, 1e-13);
  EXPECT_NEAR(score.slope, 0.37142857142857, 1e-12);
  EXPECT_NEAR(score.start_s, 0.14333333333333, 1e-12);
  EXPECT_NEAR(score.range_s, 0.2, 1e-15);
}

TEST(TemporalScore, RecoversAPlantedLineExactlyAndItsReverse) {
  std::vector<double> later, earlier;
  for (const double depth : kDepths) {
    later.push_back(0.15 + 0.4 * depth);
    earlier.push_back(0.55 - 0.4 * depth);
  }

  const TemporalScore up = temporal_score(kDepths, later);
  const TemporalScore down = temporal_score(kDepths, earlier);

  EXPECT_NEAR(up.r, 1, 1e-15);
  EXPECT_NEAR(up.slope, 0.4, 1e-14);
  EXPECT_NEAR(up.start_s, 0.15, 1e-14);
  EXPECT_NEAR(up.spearman, 1, 1e-15);
  EXPECT_NEAR(down.r, -1, 1e-15);
  EXPECT_NEAR(down.slope, -0.4, 1e-14);
}

TEST(TemporalScore, LeavesOutLayersWithoutAPeak) {
  const std::vector<double> peaks_s = {0.2, kNaN, 0.3, kNaN, 0.35, 0.5};

  const TemporalScore score = temporal_score(kDepths, peaks_s);

  const TemporalScore alone = temporal_score(std::vector<double>{0.1, 0.3, 0.5, 0.6},
                                             std::vector<double>{0.2, 0.3, 0.35, 0.5});
  EXPECT_EQ(score.layers, 6);
  EXPECT_EQ(score.n, 4);
  EXPECT_EQ(score.r, alone.r);
  EXPECT_EQ(score.slope, alone.slope);
}

TEST(TemporalScore, ClaimsNoOrderOfOnePeakTime) {
  // Means of equal samples that were summed in different orders.
  const std::vector<double> peaks_s = {0.3, 0.3, 0.1 + 0.2, 0.3, 0.3, 0.3};

  const TemporalScore score = temporal_score(kDepths, peaks_s);

  EXPECT_EQ(score.n, 6);
  EXPECT_EQ(score.distinct, 1);
  EXPECT_TRUE(std::isnan(score.r));
  EXPECT_TRUE(std::isnan(score.slope));
  EXPECT_TRUE(std::isnan(score.p_analytic));
  EXPECT_NEAR(score.range_s, 0, 1e-15);
}

TEST(TemporalScore, NeedsThreeLayersAndTwoDepths) {
  const TemporalScore none = temporal_score(kDepths, std::vector<double>(6, kNaN));
  const TemporalScore two =
      temporal_score(kDepths, std::vector<double>{0.1, 0.2, kNaN, kNaN, kNaN, kNaN});
  const TemporalScore one_depth =
      temporal_score(std::vector<double>(3, 0.5), std::vector<double>{0.1, 0.2, 0.3});

  EXPECT_EQ(none.n, 0);
  EXPECT_TRUE(std::isnan(none.range_s));
  EXPECT_EQ(two.n, 2);
  EXPECT_TRUE(std::isnan(two.r));
  EXPECT_NEAR(two.range_s, 0.1, 1e-15);
  EXPECT_TRUE(std::isnan(one_depth.r));
}

TEST(TemporalScore, DoesNotDependOnTheOrderOfLayersNorOnACommonShift) {
  const std::vector<double> peaks_s = {0.20, 0.22, 0.25, 0.31, 0.29, 0.40};
  std::vector<double> depths(kDepths.rbegin(), kDepths.rend());
  std::vector<double> reversed(peaks_s.rbegin(), peaks_s.rend());
  for (double& time_s : reversed) time_s += 1;

  const TemporalScore score = temporal_score(kDepths, peaks_s);
  const TemporalScore other = temporal_score(depths, reversed);

  EXPECT_NEAR(other.r, score.r, 1e-13);
  EXPECT_NEAR(other.slope, score.slope, 1e-13);
  EXPECT_NEAR(other.start_s, score.start_s + 1, 1e-13);
}

TEST(MeanRanks, GivesTiesTheMeanOfTheirRanks) {
  EXPECT_EQ(mean_ranks(std::vector<double>{5, 1, 5, 0, 5}), (std::vector<double>{4, 2, 4, 1, 4}));
}

TEST(TemporalScore, RefusesDepthsWithoutPeakTimes) {
  try {
    temporal_score(kDepths, std::vector<double>(2));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "temporal score: 6 depths and 2 peak times; as many of each");
  }
  EXPECT_THROW(correlation(kDepths, std::vector<double>(2)), Error);
}

}  // namespace
}  // namespace lockstep
