#include "aligner/signal/resampling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/aligner/signal/lcg_signal.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::lcg_signal;
using testing::message_of;
using testing::sum_of_squares;

std::vector<double> tone(double frequency_hz, double rate_hz, std::size_t length) {
  std::vector<double> signal;
  for (std::size_t n = 0; n < length; ++n)
    signal.push_back(
        std::sin(2 * std::numbers::pi * frequency_hz * static_cast<double>(n) / rate_hz));
  return signal;
}

// resample(x, 30, 1200, npad="auto")
TEST(Resample, IsThatOfMne) {
  const std::vector<double> y = resample(lcg_signal(2400), {1, 40}, ResamplingEnds::kMne);

  ASSERT_EQ(y.size(), 60u);
  EXPECT_NEAR(y[0], -0.1118704413879, 1e-13);
  EXPECT_NEAR(y[1], 0.0205834196274005, 1e-13);
  EXPECT_NEAR(y[30], 0.0290510113500569, 1e-13);
  EXPECT_NEAR(y[58], 0.0744612642721607, 1e-13);
  EXPECT_NEAR(y[59], -0.0404175007085403, 1e-13);
  EXPECT_NEAR(sum_of_squares(y), 0.149332648621427, 1e-12);
}

// resample(x, 30, 1200, npad=0)
TEST(Resample, IsThatOfMneWithoutPads) {
  const std::vector<double> y = resample(lcg_signal(2400), {1, 40}, ResamplingEnds::kPeriodic);

  ASSERT_EQ(y.size(), 60u);
  EXPECT_NEAR(y[0], 0.00687304211208566, 1e-13);
  EXPECT_NEAR(y[1], -0.0144724036566146, 1e-13);
  EXPECT_NEAR(y[59], 0.0452345078101174, 1e-13);
  EXPECT_NEAR(sum_of_squares(y), 0.109352960462061, 1e-12);
}

TEST(Resample, KeepsATonesTimeOnTheExactGrid) {
  const std::vector<double> y = resample(tone(3, 1200, 12345), {1, 40}, ResamplingEnds::kExact);

  const std::vector<double> expected = tone(3, 30, y.size());
  // The reflected ends of the tone leave 2e-3; a millisecond would be 2e-2.
  for (std::size_t n = 30; n + 30 < y.size(); ++n)
    EXPECT_NEAR(y[n], expected[n], 5e-3) << "sample " << n;
}

/// Seconds by which the tone comes too late, by least squares over `count` samples from `first` on.
double delay_s(const std::vector<double>& y,
               double frequency_hz,
               double rate_hz,
               std::size_t first,
               std::size_t count) {
  double with_sine = 0, with_cosine = 0;
  for (std::size_t n = first; n < first + count; ++n) {
    const double phase = 2 * std::numbers::pi * frequency_hz * static_cast<double>(n) / rate_hz;
    with_sine += y[n] * std::sin(phase);
    with_cosine += y[n] * std::cos(phase);
  }
  return -std::atan2(with_cosine, with_sine) / (2 * std::numbers::pi * frequency_hz);
}

/// Whatever the length: most of these are no multiple of 40. MNE's grid is off by up to 30 ms.
TEST(Resample, ATonesPhaseIsThatOfTheExactGridAtBothEnds) {
  double largest_of_mne = 0;
  for (const std::size_t length : {24000, 24001, 24013, 24020, 24039, 27777, 30011, 36005, 48019}) {
    const std::vector<double> signal = tone(3, 1200, length);
    const std::vector<double> y = resample(signal, {1, 40}, ResamplingEnds::kExact);
    const std::vector<double> mne = resample(signal, {1, 40}, ResamplingEnds::kMne);
    const std::size_t last = y.size() - 110;  // whole periods, ten samples from the end
    EXPECT_LT(std::abs(delay_s(y, 3, 30, 10, 100)), 1e-4) << length;
    EXPECT_LT(std::abs(delay_s(y, 3, 30, last, 100)), 1e-4) << length;
    largest_of_mne = std::max(largest_of_mne, std::abs(delay_s(mne, 3, 30, 10, 100)));
  }
  EXPECT_GT(largest_of_mne, 5e-3);
}

TEST(Resample, GoesUpAndDownWithoutLoss) {
  const std::vector<double> x = lcg_signal(90);

  const std::vector<double> back =
      resample(resample(x, {4, 1}, ResamplingEnds::kPeriodic), {1, 4}, ResamplingEnds::kPeriodic);

  ASSERT_EQ(back.size(), x.size());
  for (std::size_t n = 0; n < x.size(); ++n) EXPECT_NEAR(back[n], x[n], 1e-13) << "sample " << n;
}

TEST(Resample, ByOneChangesNothing) {
  const std::vector<double> x = lcg_signal(64);

  const std::vector<double> y = resample(x, {1, 1}, ResamplingEnds::kPeriodic);

  for (std::size_t n = 0; n < x.size(); ++n) EXPECT_NEAR(y[n], x[n], 1e-14) << "sample " << n;
}

TEST(Resample, RemovesWhatLiesAboveTheNewNyquist) {
  EXPECT_LT(sum_of_squares(resample(tone(16, 1200, 2400), {1, 40}, ResamplingEnds::kPeriodic)),
            1e-20);
  EXPECT_NEAR(
      sum_of_squares(resample(tone(14, 1200, 2400), {1, 40}, ResamplingEnds::kPeriodic)), 30, 1e-9);
}

// Shifts of resampled Armeni-like recordings, from the formula and from sines run through MNE
TEST(ResamplingTimeError, IsThatOfMne) {
  EXPECT_NEAR(resampling_time_error(72000, 1200, {1, 40}, ResamplingEnds::kMne), 0.0185, 1e-4);
  EXPECT_NEAR(resampling_time_error(720000, 1200, {1, 40}, ResamplingEnds::kMne), 0.0046, 1e-4);
  EXPECT_NEAR(resampling_time_error(4320000, 1200, {1, 40}, ResamplingEnds::kMne), 0.0184, 1e-4);
}

TEST(ResamplingTimeError, IsNoneOnTheExactGrid) {
  for (const int64_t length : {1, 39, 72000, 72001, 4327777}) {
    EXPECT_LT(resampling_time_error(length, 1200, {1, 40}, ResamplingEnds::kExact), 1e-12)
        << length << " samples";
  }
  EXPECT_LT(resampling_time_error(1000, 1000, {3, 100}, ResamplingEnds::kExact), 1e-12);
}

TEST(Resample, RefusesNothing) {
  const std::string message = message_of(Blame::kProgram, [] {
    resample({}, {1, 40}, ResamplingEnds::kExact);
  });

  EXPECT_TRUE(holds(
      message, "resample: 0 samples by 1/40; at least one sample and positive numbers are wanted"));
}

}  // namespace
}  // namespace lockstep
