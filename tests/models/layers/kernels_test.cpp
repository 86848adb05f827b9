// Every instruction set that this processor has, against the formulas in float64.
#include "models/layers/kernels.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "tests/models/layers/kernels_fixture.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

std::vector<double> each(const Floats& a,
                         const Floats& b,
                         const std::function<double(double, double)>& formula) {
  std::vector<double> result;
  for (std::size_t k = 0; k < a.size(); ++k) result.push_back(formula(a[k], b[k]));
  return result;
}

INSTANTIATE_TEST_SUITE_P(InstructionSets,
                         KernelsTest,
                         ::testing::ValuesIn(available_kernels()),
                         name_of_set);

// Longer and shorter than a vector, and with a rest of each length.
constexpr std::array kSizes = {1, 3, 4, 7, 8, 15, 16, 17, 31, 64, 100, 577};

TEST_P(KernelsTest, AddsRows) {
  for (const int size : kSizes) {
    const auto n = static_cast<std::size_t>(size);
    const Floats a = random_floats(n, 1), b = random_floats(n, 2);
    Floats sum = a;

    kernels().add(sum.data(), b.data(), sum.data(), size);

    for (std::size_t k = 0; k < n; ++k) EXPECT_EQ(sum[k], a[k] + b[k]) << size;
  }
}

TEST_P(KernelsTest, NormalisesByRootMeanSquare) {
  for (const int size : kSizes) {
    const auto n = static_cast<std::size_t>(size);
    const Floats x = random_floats(n, 1, 3), weight = random_floats(n, 2);
    double squares = 0;
    for (const float v : x) squares += static_cast<double>(v) * v;
    const double factor = 1 / std::sqrt(squares / size + 1e-3);
    for (const float shift : {0.0f, 1.0f}) {
      Floats out(n);

      kernels().rms_norm(x.data(), weight.data(), shift, 1e-3f, out.data(), size);

      const auto formula = [&](double v, double w) { return v * factor * (shift + w); };
      EXPECT_LT(distance(out, each(x, weight, formula)), kTolerance) << size << " shift " << shift;
    }
  }
}

TEST_P(KernelsTest, NormalisesByMeanAndVariance) {
  for (const int size : kSizes) {
    if (size == 1) continue;  // a single number less its mean is nothing
    const auto n = static_cast<std::size_t>(size);
    Floats x = random_floats(n, 1, 3);
    for (float& v : x) v += 20;
    const Floats weight = random_floats(n, 2), bias = random_floats(n, 3);
    double mean = 0, variance = 0;
    for (const float v : x) mean += v / static_cast<double>(n);
    for (const float v : x) variance += (v - mean) * (v - mean) / static_cast<double>(n);
    const double factor = 1 / std::sqrt(variance + 1e-5);
    const auto plain = each(x, weight, [&](double v, double w) { return (v - mean) * factor * w; });
    std::vector<double> shifted = plain;
    for (std::size_t k = 0; k < n; ++k) shifted[k] += bias[k];
    Floats without(n), with(n);

    kernels().layer_norm(x.data(), weight.data(), nullptr, 1e-5f, without.data(), size);
    kernels().layer_norm(x.data(), weight.data(), bias.data(), 1e-5f, with.data(), size);

    // the mean of 20 is taken off numbers with 24 bits
    EXPECT_LT(distance(without, plain), 10 * kTolerance) << size;
    EXPECT_LT(distance(with, shifted), 10 * kTolerance) << size;
  }
}

TEST_P(KernelsTest, ActivatesGates) {
  for (const int size : kSizes) {
    const auto n = static_cast<std::size_t>(size);
    const Floats gate = random_floats(n, 1, 4), up = random_floats(n, 2);
    Floats silu(n), gelu(n);

    kernels().silu_times(gate.data(), up.data(), silu.data(), size);
    kernels().gelu_tanh_times(gate.data(), up.data(), gelu.data(), size);

    const auto silu_formula = [](double g, double u) { return g / (1 + std::exp(-g)) * u; };
    const auto gelu_formula = [](double g, double u) {
      return 0.5 * g * (1 + std::tanh(std::sqrt(2 / M_PI) * (g + 0.044715 * g * g * g))) * u;
    };
    EXPECT_LT(distance(silu, each(gate, up, silu_formula)), kTolerance) << size;
    EXPECT_LT(distance(gelu, each(gate, up, gelu_formula)), kTolerance) << size;
  }
}

TEST_P(KernelsTest, ActivatesTheLargestNumbersWithoutInfinities) {
  const Floats gate = {-1e30f, -1000, -90, 0, 90, 1000, 1e30f, -88.5f}, up(8, 1.0f);
  Floats out(8);

  kernels().silu_times(gate.data(), up.data(), out.data(), 8);

  for (const int k : {1, 2, 3, 7}) EXPECT_NEAR(out[static_cast<std::size_t>(k)], 0, 1e-30) << k;
  for (const int k : {4, 5, 6}) {
    EXPECT_EQ(out[static_cast<std::size_t>(k)], gate[static_cast<std::size_t>(k)]) << k;
  }
}

TEST_P(KernelsTest, KeepsNotANumber) {
  const Floats gate = {std::numeric_limits<float>::quiet_NaN()}, up = {1};
  Floats out(1);

  kernels().silu_times(gate.data(), up.data(), out.data(), 1);

  EXPECT_TRUE(std::isnan(out[0]));
}

TEST_P(KernelsTest, CapsSoftlyNearAndFarFromZero) {
  for (const float size : {1e-3f, 0.5f, 5.0f, 200.0f}) {
    const Floats x = random_floats(100, 1, size);
    Floats out(100);

    kernels().softcap(x.data(), 7.0f, out.data(), 100);

    const auto formula = [](double v, double) { return 7 * std::tanh(v / 7); };
    EXPECT_LT(distance(out, each(x, x, formula)), kTolerance) << size;
  }
}

TEST(Kernels, AreListedBestFirstAndEndWithTheBaseline) {
  const auto available = available_kernels();

  ASSERT_FALSE(available.empty());
  EXPECT_STREQ(available.back()->name, "baseline");
  EXPECT_EQ(&choose_kernels(""), available.front());
  EXPECT_EQ(&choose_kernels("baseline"), available.back());
}

TEST(Kernels, RefuseAnInstructionSetThatIsNotThere) {
  const std::string message =
      testing::message_of(Blame::kCommandLine, [] { choose_kernels("x86-64-v9"); });

  EXPECT_TRUE(
      testing::holds(message, "LOCKSTEP_ISA: \"x86-64-v9\"; this processor and build have"));
  EXPECT_TRUE(testing::holds(message, "baseline"));
}

}  // namespace
}  // namespace lockstep
