#include "aligner/recordings/sampling_rate.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

TEST(SamplingRate, IsTheFractionThatTheNumberIs) {
  EXPECT_EQ(exact_rate(1200, "f"), (SamplingRate{1200, 1}));
  EXPECT_EQ(exact_rate(1017.25, "f"), (SamplingRate{4069, 4}));
  EXPECT_EQ(exact_rate(0.5, "f"), (SamplingRate{1, 2}));
}

TEST(SamplingRate, LosesNoBit) {
  for (const double hz : {678.1699829101562, 0.1, 1e7, 1.0 / 3, 0.001, 999.9999999999999}) {
    EXPECT_EQ(exact_rate(hz, "f").hz(), hz) << hz;
  }
}

TEST(SamplingRate, RefusesWhatNoDeviceDoes) {
  for (const double hz : {0.0, -1200.0, 1e300, 1e-300, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(holds(message_of(Blame::kData, [&] { exact_rate(hz, "x.res4"); }),
                      "x.res4: " + to_text(hz) + " samples a second; 0.001 to 10,000,000"))
        << hz;
  }
}

}  // namespace
}  // namespace lockstep
