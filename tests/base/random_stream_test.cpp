#include "base/random_stream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace lockstep {
namespace {

TEST(RandomStream, DependsOnSeedPurposeAndIndexAlone) {
  EXPECT_EQ(RandomStream(1, "noise", 2).bits(), RandomStream(1, "noise", 2).bits());
  EXPECT_NE(RandomStream(1, "noise", 2).bits(), RandomStream(2, "noise", 2).bits());
  EXPECT_NE(RandomStream(1, "noise", 2).bits(), RandomStream(1, "drift", 2).bits());
  EXPECT_NE(RandomStream(1, "noise", 2).bits(), RandomStream(1, "noise", 3).bits());
}

TEST(RandomStream, NormalsHaveTheMomentsOfANormal) {
  RandomStream stream(7, "moments");
  constexpr int kDraws = 200000;
  double sums[5] = {0, 0, 0, 0, 0};
  for (int k = 0; k < kDraws; ++k) {
    const double x = stream.normal();
    for (int power = 1; power <= 4; ++power) sums[power] += std::pow(x, power);
  }
  // Standard errors at 200,000 draws: 0.0022, 0.0032, 0.0087, 0.022; five of each are allowed.
  EXPECT_NEAR(sums[1] / kDraws, 0, 0.011);
  EXPECT_NEAR(sums[2] / kDraws, 1, 0.016);
  EXPECT_NEAR(sums[3] / kDraws, 0, 0.044);
  EXPECT_NEAR(sums[4] / kDraws, 3, 0.11);
}

TEST(RandomStream, StreamsAreUncorrelated) {
  RandomStream a(7, "pair", 0), b(7, "pair", 1);
  double product = 0;
  for (int k = 0; k < 100000; ++k) product += a.normal() * b.normal();
  EXPECT_NEAR(product / 100000, 0, 0.016);  // five standard errors
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream stream(7, "below");
  std::vector<int> counts(6, 0);
  for (int k = 0; k < 60000; ++k) ++counts[stream.below(6)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 5 * 91);  // sd sqrt(60000 * 5 / 36)
}

}  // namespace
}  // namespace lockstep
