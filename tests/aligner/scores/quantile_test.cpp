#include "aligner/scores/quantile.h"

#include <gtest/gtest.h>

#include <vector>

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> one_to(int n) {
  std::vector<double> values;
  for (int i = n; i >= 1; --i) values.push_back(i);
  return values;
}

// numpy.quantile([3, 1, 2, 10], [0, 0.025, 0.5, 0.9, 1]) of numpy 2.
TEST(Quantile, IsThatOfNumpy) {
  const std::vector<double> values = {3, 1, 2, 10};

  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.025), 1.075);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile(values, 0.9), 7.9);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 10);
  EXPECT_DOUBLE_EQ(quantile({4}, 0.3), 4);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

TEST(PercentileInterval, HoldsTheMiddleAndLeavesOutAFewMissingDraws) {
  auto draws = one_to(201);
  for (int i = 0; i < 10; ++i) draws.push_back(kNaN);

  const Interval interval = percentile_interval(draws, 0.95);

  EXPECT_NEAR(interval.lo, 6, 1e-12);
  EXPECT_NEAR(interval.hi, 196, 1e-12);
  EXPECT_TRUE(interval.known());
}

TEST(PercentileInterval, IsUnknownWhereManyDrawsAreMissing) {
  auto draws = one_to(94);
  for (int i = 0; i < 6; ++i) draws.push_back(kNaN);

  EXPECT_FALSE(percentile_interval(draws, 0.95).known());
  EXPECT_FALSE(percentile_interval({}, 0.95).known());
}

TEST(PercentileInterval, HasNoWidthWhereAllDrawsAgree) {
  const Interval interval = percentile_interval(std::vector<double>(50, 0.3), 0.95);

  EXPECT_EQ(interval.lo, 0.3);
  EXPECT_EQ(interval.hi, 0.3);
}

TEST(UpperThreshold, IsExceededByAtMostOneInTwentyTheObservedOneCounted) {
  EXPECT_EQ(upper_threshold(one_to(99), 0.05), 95);
  EXPECT_EQ(upper_threshold(one_to(19), 0.05), 19);
  EXPECT_EQ(upper_threshold(one_to(200), 0.05), 191);
}

TEST(UpperThreshold, IsTheLargestOfTooFewDraws) {
  EXPECT_EQ(upper_threshold({3, 7, 5}, 0.05), 7);
  EXPECT_EQ(upper_threshold({3, kNaN}, 0.05), 3);
  EXPECT_TRUE(std::isnan(upper_threshold({}, 0.05)));
}

TEST(UpperP, CountsTheObservedValueAmongTheDraws) {
  EXPECT_DOUBLE_EQ(upper_p(0.9, {0.1, 0.9, 0.95, -1}), 3.0 / 5);
  EXPECT_DOUBLE_EQ(upper_p(2, {0.1, 0.9, 0.95, -1}), 1.0 / 5);
  EXPECT_DOUBLE_EQ(upper_p(0.9, {kNaN, 0.95, kNaN}), 2.0 / 4);
  EXPECT_TRUE(std::isnan(upper_p(0.9, {})));
  EXPECT_TRUE(std::isnan(upper_p(kNaN, {0.1})));
}

}  // namespace
}  // namespace lockstep
