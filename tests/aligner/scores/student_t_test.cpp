#include "aligner/scores/student_t.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep {
namespace {

void expect_close(double value, double expected) {
  EXPECT_NEAR(value / expected, 1, 1e-11) << value << " against " << expected;
}

// scipy.special.betainc of SciPy 1.17.1.
TEST(IncompleteBeta, IsThatOfScipy) {
  expect_close(incomplete_beta(0.1, 3.5, 0.5), 9.58459057192917e-05);
  expect_close(incomplete_beta(0.9, 3.5, 0.5), 0.40708382206558924);
  expect_close(incomplete_beta(0.5, 2, 3), 0.6875);
  expect_close(incomplete_beta(0.999, 0.5, 0.5), 0.9798649583666235);
  expect_close(incomplete_beta(1e-6, 3.5, 0.5), 2.9102629483066934e-22);
  expect_close(incomplete_beta(0.3, 1000, 1500), 1.1745693415061044e-26);
}

TEST(IncompleteBeta, OfWholeNumbersIsABinomialSum) {
  // I_x(a, b) = sum over j from a to n of C(n, j) x^j (1 - x)^(n - j), n = a + b - 1; here a = 3, b
  // = 4.
  const double x = 0.35;
  double sum = 0;
  const double choose[] = {20, 15, 6, 1};
  for (int j = 3; j <= 6; ++j) sum += choose[j - 3] * std::pow(x, j) * std::pow(1 - x, 6 - j);

  EXPECT_NEAR(incomplete_beta(x, 3, 4), sum, 1e-14);
  EXPECT_NEAR(incomplete_beta(x, 3, 4) + incomplete_beta(1 - x, 4, 3), 1, 1e-14);
  EXPECT_EQ(incomplete_beta(0, 3, 4), 0);
  EXPECT_EQ(incomplete_beta(1, 3, 4), 1);
  EXPECT_TRUE(std::isnan(incomplete_beta(1.1, 3, 4)));
  EXPECT_TRUE(std::isnan(incomplete_beta(0.5, 0, 4)));
}

// The exact distribution of r under independence, scipy.stats.beta(n/2 - 1, n/2 - 1, -1, 2),
// SciPy 1.17.1.
TEST(CorrelationP, IsThatOfScipy) {
  expect_close(correlation_p(0.99, 9), 3.2606722850391786e-07);
  expect_close(correlation_p(0.85, 9), 0.003704777327585796);
  expect_close(correlation_p(0.44, 9), 0.23594965273467997);
  expect_close(correlation_p(0.19, 9), 0.6243910342370281);
  expect_close(correlation_p(0.54, 34), 0.0009795537481261385);
  expect_close(correlation_p(0.866, 3), 0.33336567701320013);
  expect_close(correlation_p(0.5, 1000), 2.278101929537929e-64);
}

TEST(CorrelationP, IsTwoSidedAndBounded) {
  EXPECT_EQ(correlation_p(-0.85, 9), correlation_p(0.85, 9));
  EXPECT_EQ(correlation_p(0, 9), 1);
  EXPECT_EQ(correlation_p(1, 9), 0);
  EXPECT_EQ(correlation_p(-1, 3), 0);
}

// With three points r = cos(angle) of a uniform angle: p = 2 acos(|r|) / pi.
TEST(CorrelationP, OfThreePointsIsAnAngle) {
  for (const double r : {0.1, 0.5, 0.9, 0.999}) {
    EXPECT_NEAR(correlation_p(r, 3), 2 * std::acos(r) / M_PI, 1e-13) << "r " << r;
  }
}

TEST(CorrelationP, IsMissingWithoutDegreesOfFreedom) {
  EXPECT_TRUE(std::isnan(correlation_p(0.5, 2)));
  EXPECT_TRUE(std::isnan(correlation_p(NAN, 9)));
  EXPECT_TRUE(std::isnan(correlation_p(1.01, 9)));
}

}  // namespace
}  // namespace lockstep
