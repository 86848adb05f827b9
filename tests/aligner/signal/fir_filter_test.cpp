#include "aligner/signal/fir_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/aligner/signal/lcg_signal.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::lcg_signal;
using testing::message_of;
using testing::sum_of_squares;

// create_filter(None, 100, 1, 20)
TEST(BandPass, IsThatOfMne) {
  const std::vector<double> h = band_pass({1, 20}, 100);

  ASSERT_EQ(h.size(), 331u);
  const std::vector<double> middle = {0.439447551128079,
                                      0.303338317130522,
                                      0.0386782953618129,
                                      -0.102701112434322,
                                      -0.0551928524362367};
  for (std::size_t k = 0; k < middle.size(); ++k)
    EXPECT_NEAR(h[165 + k], middle[k], 1e-15) << "sample " << k;
  EXPECT_NEAR(h[0], 0.000138197712523645, 1e-17);
  EXPECT_NEAR(sum_of_squares(h), 0.424857956379307, 1e-14);
}

// create_filter(None, 1200, .1, 20)
TEST(BandPass, IsThatOfMneForTheBandOfThePaper) {
  const std::vector<double> h = band_pass({0.1, 20}, 1200);

  ASSERT_EQ(h.size(), 39601u);
  const std::vector<double> middle = {
      0.0373801184344785, 0.0372929765354853, 0.0370322863496361, 0.0366002469609378};
  for (std::size_t k = 0; k < middle.size(); ++k)
    EXPECT_NEAR(h[19800 + k], middle[k], 1e-16) << "sample " << k;
  EXPECT_NEAR(h[0], 1.15149038233677e-06, 1e-19);
  EXPECT_NEAR(sum_of_squares(h), 0.0363440983355826, 1e-15);
}

// mne.filter.create_filter's length for other rates and bands
TEST(BandPass, HasTheLengthsOfMne) {
  EXPECT_EQ(band_pass({0.5, 20}, 1200).size(), 7921u);
  EXPECT_EQ(band_pass({0.1, 40}, 1200).size(), 39601u);
  EXPECT_EQ(band_pass({0.1, 20}, 1000).size(), 33001u);
  EXPECT_EQ(band_pass({0.1, 20}, 250).size(), 8251u);
}

TEST(BandPass, WithoutBordersLetsEverythingPass) {
  EXPECT_EQ(band_pass({}, 100), std::vector<double>{1.0});
}

TEST(BandPass, HasItsHalfGainsInTheTransitions) {
  const std::vector<double> h = band_pass({0.1, 20}, 1200);

  EXPECT_NEAR(gain_at(h, 0, 1200), 0, 1e-12);
  EXPECT_NEAR(gain_at(h, 0.05, 1200), 0.5, 0.01);
  EXPECT_NEAR(gain_at(h, 5, 1200), 1, 0.01);
  EXPECT_NEAR(gain_at(h, 22.5, 1200), 0.5, 0.01);
  EXPECT_LT(std::abs(gain_at(h, 30, 1200)), 2e-3);
}

TEST(BandPass, OfLowAndHighPassesAddUpToAll) {
  const std::vector<double> low = band_pass({0, 20}, 200);
  const std::vector<double> high = band_pass({20, INFINITY}, 200);

  EXPECT_NEAR(std::accumulate(low.begin(), low.end(), 0.0), 1, 1e-14);
  EXPECT_NEAR(std::accumulate(high.begin(), high.end(), 0.0), 0, 1e-14);
}

TEST(BandPass, RefusesBordersThatCannotBe) {
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine,
                               [] {
                                 band_pass({20, 0.1}, 100);
                               }),
                    "band: 20 to 0.1 Hz at 100 samples a second; 0 <= low < high < 50 Hz"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine,
                               [] {
                                 band_pass({1, 50}, 100);
                               }),
                    "1 to 50 Hz"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine,
                               [] {
                                 band_pass({-1, 5}, 100);
                               }),
                    "-1 to 5 Hz"));
}

// filter_data(x, 100, 1, 20)
TEST(FilterZeroPhase, IsThatOfMne) {
  const std::vector<double> y = filter_zero_phase(lcg_signal(3000), band_pass({1, 20}, 100));

  ASSERT_EQ(y.size(), 3000u);
  EXPECT_NEAR(y[1], 0.074158111314162, 1e-14);
  EXPECT_NEAR(y[2], 0.135527902977591, 1e-14);
  EXPECT_NEAR(y[1500], -0.0585757820637776, 1e-14);
  EXPECT_NEAR(y[2998], 0.0203661327501172, 1e-14);
  EXPECT_NEAR(y[0], 0, 1e-14);
  EXPECT_NEAR(y[2999], 0, 1e-14);
  EXPECT_NEAR(sum_of_squares(y), 106.577817858006, 1e-10);
}

TEST(FilterZeroPhase, IsConvolutionInTheMiddle) {
  const std::vector<double> x = lcg_signal(60);
  const std::vector<double> h = {0.25, -1, 3, -1, 0.25};

  const std::vector<double> y = filter_zero_phase(x, h);

  for (std::size_t n = 2; n + 2 < x.size(); ++n) {
    const double expected = 0.25 * x[n - 2] - x[n - 1] + 3 * x[n] - x[n + 1] + 0.25 * x[n + 2];
    EXPECT_NEAR(y[n], expected, 1e-14) << "sample " << n;
  }
}

TEST(FilterZeroPhase, KeepsASignalShorterThanItself) {
  const std::vector<double> y = filter_zero_phase(lcg_signal(20), band_pass({1, 20}, 100));

  EXPECT_EQ(y.size(), 20u);
  EXPECT_TRUE(filter_zero_phase({}, band_pass({}, 100)).empty());
}

}  // namespace
}  // namespace lockstep
