#include "aligner/signal/standardisation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/aligner/signal/lcg_signal.h"

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(MeanAndDeviation, IsThatOfThePopulation) {
  const Location location = mean_and_deviation(std::vector<double>{1, 3, kNaN, 5, 7});

  EXPECT_DOUBLE_EQ(location.centre, 4);
  EXPECT_DOUBLE_EQ(location.scale, std::sqrt(5.0));
}

TEST(MeanAndDeviation, LeavesAConstantItsScale) {
  EXPECT_EQ(mean_and_deviation(std::vector<double>{0.1, 0.1, 0.1}).scale, 1);
  EXPECT_EQ(mean_and_deviation(std::vector<double>{1e-13, 2e-13}).scale, 0.5e-13);
}

TEST(MeanAndDeviation, OfNothingIsTheIdentity) {
  EXPECT_EQ(mean_and_deviation({}).centre, 0);
  EXPECT_EQ(mean_and_deviation(std::vector<double>{kNaN}).scale, 1);
}

// RobustScaler().fit(x[:1001, None])
TEST(MedianAndQuartiles, IsThatOfScikitLearn) {
  const Location location = median_and_quartiles(testing::lcg_signal(1001));

  EXPECT_NEAR(location.centre, 0.00481194666194273, 1e-16);
  EXPECT_NEAR(location.scale, 0.504788289578531, 1e-15);
}

TEST(MedianAndQuartiles, InterpolatesBetweenNeighbours) {
  const Location location = median_and_quartiles(std::vector<double>{4, kNaN, 1, 2, 8});

  EXPECT_DOUBLE_EQ(location.centre, 3);
  EXPECT_DOUBLE_EQ(location.scale, 5 - 1.75);
}

TEST(MedianAndQuartiles, LeavesWhatDoesNotSpreadItsScale) {
  EXPECT_EQ(median_and_quartiles(std::vector<double>{2, 2, 2, 2, 9}).scale, 1);
  EXPECT_EQ(median_and_quartiles({}).scale, 1);
}

}  // namespace
}  // namespace lockstep
