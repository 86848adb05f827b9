#include "aligner/import/signal_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RecordingInfo info_at(int64_t rate_hz, double band_high_hz, double time_error_ms = 0) {
  RecordingInfo info;
  info.name = "sub-001";
  info.rate_numerator = rate_hz;
  info.raw_rate_hz = 1200;
  info.band_high_hz = band_high_hz;
  info.time_error_ms = time_error_ms;
  return info;
}

TEST(SignalWarnings, TellWhichBandRemains) {
  EXPECT_THAT(
      signal_warnings(info_at(30, 15), {0.1, 20}, {}),
      ElementsAre("sub-001: the band of 0.1 to 20 Hz, which ends at 25 Hz, exceeds half the "
                  "new rate: 0.1 to 15 Hz remain"));
  EXPECT_THAT(signal_warnings(info_at(30, 15), {.low_hz = 1}, {}),
              ElementsAre("sub-001: the band from 1 Hz on exceeds half the new rate: 1 to 15 Hz "
                          "remain"));
  EXPECT_THAT(signal_warnings(info_at(50, 20), {0.1, 20}, {}), IsEmpty());
  EXPECT_THAT(signal_warnings(info_at(1200, 600), {0.1, 590}, {}), IsEmpty());
}

TEST(SignalWarnings, TellOfStretchesShorterThanAFilter) {
  SignalSteps steps;
  steps.rate_hz = 100;
  steps.filters = {std::vector<double>(331)};
  steps.stretches = {{0, 330}, {400, 731}};

  EXPECT_THAT(
      signal_warnings(info_at(100, 20), {1, 20}, steps),
      ElementsAre("sub-001: a stretch of 3.3 s is shorter than the filter of 3.31 s; it will "
                  "be distorted"));
}

TEST(SignalWarnings, TellOfTimesThatAreOff) {
  EXPECT_THAT(
      signal_warnings(info_at(100, 20, 14.8), {1, 20}, {}),
      ElementsAre("sub-001: rows are up to 14.8 ms away from their times (resampling as MNE "
                  "does it; the preset paper has no such error)"));
  EXPECT_THAT(signal_warnings(info_at(100, 20, 0.1), {1, 20}, {}), IsEmpty());
}

}  // namespace
}  // namespace lockstep
