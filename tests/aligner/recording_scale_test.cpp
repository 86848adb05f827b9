#include "aligner/recording_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lockstep {
namespace {

TEST(StandardiseRecording, BringsEverySensorToItsOwnMeanAndDeviation) {
  const float nan = std::numeric_limits<float>::quiet_NaN();

  const auto data =
      standardise_recording({1, 2e-13f, 7, 3, 6e-13f, 7, 5, 4e-13f, 7, nan, 4e-13f, 7}, 3);

  const double deviation = std::sqrt(8.0 / 3.0);
  EXPECT_NEAR(data[0], -2 / deviation, 1e-6);
  EXPECT_NEAR(data[3], 0, 1e-6);
  EXPECT_NEAR(data[6], 2 / deviation, 1e-6);
  EXPECT_TRUE(std::isnan(data[9]));
  EXPECT_NEAR(data[1], -std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(data[4], std::sqrt(2.0), 1e-6);
  EXPECT_EQ(data[2], 0);
  EXPECT_EQ(data[11], 0);
}

}  // namespace
}  // namespace lockstep
