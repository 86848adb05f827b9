#include "models/layers/rotary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

RopeSpec plain_rope() {
  RopeSpec rope;
  rope.layout = "half";
  rope.head_dim = 16;
  rope.dims = 8;
  rope.theta = 10000;
  rope.type = "default";
  return rope;
}

RopeSpec scaled_rope(const std::string& type, std::map<std::string, double> numbers) {
  RopeSpec rope = plain_rope();
  rope.type = type;
  rope.numbers = std::move(numbers);
  return rope;
}

/// Each angle is position * frequency(j), in float64.
void expect_frequencies(const Rotary& rotary,
                        double multiplier,
                        const std::function<double(int)>& frequency) {
  const auto table = rotary.table(40);
  ASSERT_EQ(table.cosines.sizes(), (std::vector<int64_t>{40, 4}));
  for (int position = 0; position < 40; ++position) {
    for (int j = 0; j < 4; ++j) {
      const double angle = position * frequency(j);
      // an angle of 40 has 24 bits
      EXPECT_NEAR(table.cosines[position][j].item<float>(), multiplier * std::cos(angle), 1e-5)
          << position << " " << j;
      EXPECT_NEAR(table.sines[position][j].item<float>(), multiplier * std::sin(angle), 1e-5)
          << position << " " << j;
    }
  }
}

double base(int j) { return std::pow(10000.0, -2.0 * j / 8); }

TEST(Rotary, TurnsByPowersOfTheta) { expect_frequencies(Rotary(plain_rope(), {}), 1, base); }

TEST(Rotary, DynamicIsTheDefaultUpToTheModelsPositions) {
  expect_frequencies(Rotary(scaled_rope("dynamic", {{"factor", 4}}), {}), 1, base);
}

TEST(Rotary, LinearDividesEveryFrequency) {
  expect_frequencies(
      Rotary(scaled_rope("linear", {{"factor", 4}}), {}), 1, [](int j) { return base(j) / 4; });
}

TEST(Rotary, FactorsDivideEachFrequency) {
  RopeSpec rope = scaled_rope("factors", {});
  rope.factors_role = "rope_freqs";
  const auto factors = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kFloat);

  expect_frequencies(Rotary(rope, factors), 1, [](int j) { return base(j) / (j + 1); });
}

TEST(Rotary, Llama3KeepsShortWavesAndStretchesLongOnes) {
  // waves of 6.3, 63, 628 and 6283 tokens: below 200 / 4 kept, above 200 / 1 divided by 8, between
  // blended
  const Rotary rotary(scaled_rope("llama3",
                                  {{"factor", 8},
                                   {"low_freq_factor", 1},
                                   {"high_freq_factor", 4},
                                   {"original_max_positions", 200}}),
                      {});

  const double smooth = (200 * base(1) / (2 * M_PI) - 1) / 3;
  expect_frequencies(rotary, 1, [&](int j) {
    if (j == 0) return base(0);
    return j == 1 ? (1 - smooth) * base(1) / 8 + smooth * base(1) : base(j) / 8;
  });
}

TEST(Rotary, YarnRampsBetweenKeptAndStretchedAndScalesBoth) {
  const std::map<std::string, double> numbers = {
      {"factor", 4}, {"original_max_positions", 1000}, {"beta_fast", 32}, {"beta_slow", 1}};
  const auto edge = [](double rotations) {
    return 8 * std::log(1000 / (rotations * 2 * M_PI)) / (2 * std::log(10000.0));
  };
  const auto frequency = [&](double low, double high) {
    return [=](int j) {
      const double ramp = std::min(1.0, std::max(0.0, (j - low) / (high - low)));
      return base(j) / 4 * ramp + base(j) * (1 - ramp);
    };
  };
  const double multiplier = 0.1 * std::log(4.0) + 1;

  expect_frequencies(Rotary(scaled_rope("yarn", numbers), {}),
                     multiplier,
                     frequency(std::floor(edge(32)), std::ceil(edge(1))));
  auto untruncated = numbers;
  untruncated["truncate"] = 0;
  expect_frequencies(
      Rotary(scaled_rope("yarn", untruncated), {}), multiplier, frequency(edge(32), edge(1)));
  auto given = numbers;
  given["attention_factor"] = 0.5;
  expect_frequencies(Rotary(scaled_rope("yarn", given), {}),
                     0.5,
                     frequency(std::floor(edge(32)), std::ceil(edge(1))));
}

TEST(Rotary, RefusesWhatItDoesNotKnow) {
  const auto message = [](const RopeSpec& rope) {
    return testing::message_of(Blame::kData, [&] { check_rotary(rope, "ropes.default"); });
  };
  RopeSpec rope = plain_rope();
  EXPECT_NO_THROW(check_rotary(rope, "ropes.default"));

  rope.layout = "reversed";
  EXPECT_EQ(
      message(rope),
      "ropes.default.layout: \"reversed\" is not supported; one of half, interleaved is wanted");
  EXPECT_EQ(message(scaled_rope("longrope", {})),
            "ropes.default.scaling.type: \"longrope\" is not supported; one of default, dynamic, "
            "factors, linear, "
            "llama3, yarn is wanted");
  EXPECT_EQ(message(scaled_rope("linear", {})), "ropes.default.scaling.factor: missing");
  EXPECT_EQ(message(scaled_rope("llama3", {{"factor", 8}, {"original_max_positions", 200}})),
            "ropes.default.scaling.low_freq_factor: missing");
  EXPECT_EQ(message(scaled_rope("yarn", {{"factor", 8}, {"original_max_positions", 200}})),
            "ropes.default.scaling.beta_fast: missing");
  rope = plain_rope();
  rope.dims = 18;
  EXPECT_EQ(message(rope),
            "ropes.default.dims: 18; an even number from 2 to the head's 16 is wanted");
}

}  // namespace
}  // namespace lockstep
