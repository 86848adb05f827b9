#include "aligner/simulation/response_kernel.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/signal/resampling.h"

namespace lockstep {
namespace {

TEST(ResponseShape, HasItsMaximumAtTheLatencyAndItsWidthAtHalfOfIt) {
  for (const double skew : {-0.5, 0.0, 0.6}) {
    const ResponseShape shape = {.latency_s = 0.3, .width_s = 0.06, .skew = skew};

    EXPECT_EQ(shape.at(0.3), 1) << "skew " << skew;
    EXPECT_NEAR(shape.at(0.3 - 0.03 * (1 - skew)), 0.5, 1e-12) << "skew " << skew;
    EXPECT_NEAR(shape.at(0.3 + 0.03 * (1 + skew)), 0.5, 1e-12) << "skew " << skew;
  }
}

TEST(ResponseKernel, IsWhatImportMakesOfTheResponse) {
  const ResponseShape shape = {.latency_s = 0.2, .width_s = 0.08, .skew = 0.3};
  const double onset_s = 60.0123;
  std::vector<double> recorded;
  for (int n = 0; n < 120 * 1200; ++n)
    recorded.push_back(shape.at(static_cast<double>(n) / 1200 - onset_s));
  const std::vector<double> imported = resample(
      filter_zero_phase(recorded, band_pass({0.1, 20}, 1200)), {1, 40}, ResamplingEnds::kExact);

  const ResponseKernel kernel(shape, {});

  for (std::size_t n = 60; n + 60 < imported.size(); ++n) {
    EXPECT_NEAR(kernel.at(static_cast<double>(n) / 30 - onset_s), imported[n], 1e-3)
        << "sample " << n;
  }
}

TEST(ResponseKernel, PeaksWhereTheResponseDoes) {
  for (const double latency_s : {0.15, 0.35, 0.5501}) {
    const ResponseKernel kernel({.latency_s = latency_s, .width_s = 0.06}, {});

    double best_s = 0;
    for (double time_s = 0; time_s < 1; time_s += 0.0005) {
      if (kernel.at(time_s) > kernel.at(best_s)) best_s = time_s;
    }
    EXPECT_NEAR(best_s, latency_s, 0.001);
  }
}

TEST(ResponseKernel, HasNoMeanAndEndsWhereTheFilterDoes) {
  const ResponseKernel kernel({}, {});

  double sum = 0;
  for (double time_s = kernel.begin_s(); time_s < kernel.end_s(); time_s += 1.0 / 1200)
    sum += kernel.at(time_s) / 1200;
  EXPECT_NEAR(sum, 0, 1e-5);  // of 0.064 before the band-pass
  EXPECT_GT(kernel.end_s(), 16);
  EXPECT_EQ(kernel.at(kernel.end_s() + 0.1), 0);
  EXPECT_EQ(kernel.at(kernel.begin_s() - 0.1), 0);
}

TEST(ImportedBand, LetsPassWhatTheFilterAndTheNewRateDo) {
  const ImportedBand import = {{0.1, 20}, 30};

  const std::vector<double> gains = import.gains({0, 0.05, 1, 10, 14.9, 15.1, 20});

  EXPECT_NEAR(gains[0], 0, 1e-9);
  EXPECT_NEAR(gains[1], 0.5, 0.01);
  EXPECT_NEAR(gains[2], 1, 0.01);
  EXPECT_NEAR(gains[4], 1, 0.01);
  EXPECT_EQ(gains[5], 0);
  EXPECT_EQ(gains[6], 0);
  EXPECT_EQ(import.recording_rate_hz(), 1200);
  EXPECT_EQ((ImportedBand{{0.1, 20}, 50}.recording_rate_hz()), 1200);
  EXPECT_EQ((ImportedBand{{0.1, 20}, 70}.recording_rate_hz()), 1260);
}

}  // namespace
}  // namespace lockstep
