#include "aligner/signal/low_rate_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "aligner/signal/fir_filter.h"
#include "aligner/signal/low_rate_plan.h"
#include "tests/aligner/signal/lcg_signal.h"

namespace lockstep {
namespace {

using testing::lcg_signal;

/// Noise with a drift and a step, as recordings have them.
std::vector<double> awkward_signal(std::size_t length, std::size_t skipped) {
  std::vector<double> signal = lcg_signal(length + skipped);
  signal.erase(signal.begin(), signal.begin() + static_cast<std::ptrdiff_t>(skipped));
  for (std::size_t n = 0; n < length; ++n) {
    signal[n] += 30 + 1e-4 * static_cast<double>(n) + (n > length / 3 ? 5 : 0);
  }
  return signal;
}

LowRateSteps::Channel taken(const LowRateSteps& steps, std::span<const double> signal) {
  auto channel = steps.channel();
  for (int64_t block = 0; block < steps.num_blocks(); ++block) {
    const Stretch own = steps.block_samples(block);
    steps.take(channel,
               block,
               signal.subspan(static_cast<std::size_t>(own.first),
                              static_cast<std::size_t>(own.length())));
  }
  return channel;
}

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return INFINITY;
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most;
}

/// Two channels by both ways; the differences are of the order of the low-passes' 1e-13.
void expect_the_definition(const SignalSteps& steps) {
  ASSERT_TRUE(has_low_rate(steps));
  const auto size = static_cast<std::size_t>(steps.num_samples);
  std::vector<double> first = awkward_signal(size, 0);
  std::vector<double> second = awkward_signal(size, 100);
  for (double& value : second) value *= 1e-9;
  Fourier fourier;
  const LowRateSteps low(steps);

  const auto rows = low.rows(taken(low, first), taken(low, second), fourier);

  const std::vector<double> expected = take_steps(first, steps);
  EXPECT_LT(largest_difference(rows.first, expected) / largest(expected), 2e-11);
  const std::vector<double> expected_second = take_steps(second, steps);
  EXPECT_LT(largest_difference(rows.second, expected_second) / largest(expected_second), 2e-11);
}

SignalSteps steps_of(int64_t num_samples, const RateRatio& ratio, ResamplingEnds ends) {
  SignalSteps steps;
  steps.num_samples = num_samples;
  steps.rate_hz = 600;
  steps.filters = {band_pass({1, 10}, 600)};
  steps.stretches = {{0, num_samples}};
  steps.parts = {{0, num_samples}};
  steps.ratio = ratio;
  steps.ends = ends;
  return steps;
}

TEST(LowRateSteps, AreTheStepsOnTheExactGrid) {
  expect_the_definition(steps_of(100003, {1, 20}, ResamplingEnds::kExact));
}

TEST(LowRateSteps, AreTheStepsWithTheEndsOfMne) {
  expect_the_definition(steps_of(70001, {1, 20}, ResamplingEnds::kMne));
}

TEST(LowRateSteps, AreTheStepsFileByFile) {
  SignalSteps steps = steps_of(100003, {1, 20}, ResamplingEnds::kMne);
  steps.parts = {{0, 41000}, {41000, 100003}};
  expect_the_definition(steps);
}

TEST(LowRateSteps, AreTheStepsStretchByStretch) {
  SignalSteps steps = steps_of(130001, {3, 50}, ResamplingEnds::kExact);
  steps.stretches = {{100, 60011}, {61007, 130001}};
  expect_the_definition(steps);
}

TEST(LowRateSteps, AreTheStepsOfSeveralFiltersAndOfNone) {
  SignalSteps steps = steps_of(90000, {1, 12}, ResamplingEnds::kExact);
  steps.filters = {notch(std::vector<double>{50, 100}, 600), band_pass({0.5, INFINITY}, 600)};
  expect_the_definition(steps);
  steps.filters = {};
  expect_the_definition(steps);
}

}  // namespace
}  // namespace lockstep
