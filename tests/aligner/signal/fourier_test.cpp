#include "aligner/signal/fourier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/aligner/signal/lcg_signal.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::lcg_signal;
using testing::message_of;

/// The definition, one coefficient at a time.
std::complex<double> coefficient(const std::vector<double>& signal, std::size_t k) {
  std::complex<double> sum = 0;
  for (std::size_t n = 0; n < signal.size(); ++n) {
    const double turns = static_cast<double>(k * n) / static_cast<double>(signal.size());
    sum += signal[n] * std::polar(1.0, -2 * std::numbers::pi * turns);
  }
  return sum;
}

class FourierOfLength : public ::testing::TestWithParam<std::size_t> {};

TEST_P(FourierOfLength, IsTheDefinition) {
  const std::vector<double> signal = lcg_signal(GetParam());

  const auto half = Fourier().spectrum(signal);

  ASSERT_EQ(half.size(), GetParam() / 2 + 1);
  for (std::size_t k = 0; k < half.size(); ++k) {
    EXPECT_LT(std::abs(half[k] - coefficient(signal, k)), 1e-12) << "coefficient " << k;
  }
}

TEST_P(FourierOfLength, ComesBack) {
  const std::vector<double> signal = lcg_signal(GetParam());
  Fourier fourier;

  const auto back = fourier.signal(fourier.spectrum(signal), static_cast<int64_t>(signal.size()));

  ASSERT_EQ(back.size(), signal.size());
  for (std::size_t n = 0; n < signal.size(); ++n)
    EXPECT_NEAR(back[n], signal[n], 1e-14) << "sample " << n;
}

INSTANTIATE_TEST_SUITE_P(Lengths,
                         FourierOfLength,
                         ::testing::Values(1, 2, 3, 4, 7, 30, 64, 77, 101, 360));

TEST(Fourier, OfNothingIsNothing) {
  Fourier fourier;

  EXPECT_TRUE(fourier.spectrum({}).empty());
  EXPECT_TRUE(fourier.signal({}, 0).empty());
}

TEST(Fourier, TakesTheEndsForReal) {
  Fourier fourier;
  auto half = fourier.spectrum(lcg_signal(8));
  const auto expected = fourier.signal(half, 8);

  half.front() += std::complex<double>(0, 5);
  half.back() += std::complex<double>(0, 7);

  EXPECT_EQ(fourier.signal(half, 8), expected);
}

TEST(Fourier, RefusesAHalfSpectrumOfAnotherLength) {
  const std::vector<std::complex<double>> half(4);

  const std::string message = message_of(Blame::kProgram, [&] { Fourier().signal(half, 8); });

  EXPECT_TRUE(holds(message, "4 coefficients for a signal of 8 samples; 5 are wanted"));
}

TEST(SmoothLength, IsTheNextEvenProductOfSmallPrimes) {
  EXPECT_EQ(smooth_length(0), 2);
  EXPECT_EQ(smooth_length(2), 2);
  EXPECT_EQ(smooth_length(7), 8);
  EXPECT_EQ(smooth_length(25), 30);
  EXPECT_EQ(smooth_length(33), 36);
  EXPECT_EQ(smooth_length(1201), 1250);
}

}  // namespace
}  // namespace lockstep
