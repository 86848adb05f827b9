#include "models/layers/rotary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/json_file.h"
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
  const auto table = rotary.table(40).usual;
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
  expect_frequencies(
      Rotary(scaled_rope("dynamic", {{"factor", 4}, {"max_positions", 40}}), {}), 1, base);
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
  auto wide = numbers;  // whose ramp would end beyond the last of the dims
  wide["original_max_positions"] = 1e12;
  wide["beta_fast"] = 1e9;
  expect_frequencies(Rotary(scaled_rope("yarn", wide), {}), multiplier, frequency(2, 7));
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
  EXPECT_EQ(message(scaled_rope("twisted", {})),
            "ropes.default.scaling.type: \"twisted\" is not supported; one of default, dynamic, "
            "factors, linear, llama3, longrope, proportional, yarn is wanted");
  rope = plain_rope();
  rope.dims = 18;
  EXPECT_EQ(message(rope),
            "ropes.default.dims: 18; an even number from 2 to the head's 16 is wanted");
}

TEST(Rotary, RefusesParametersThatItCannotComputeWith) {
  const auto message = [](const std::string& type, const std::map<std::string, double>& numbers) {
    return testing::message_of(Blame::kData,
                               [&] { check_rotary(scaled_rope(type, numbers), "ropes.default"); });
  };
  const std::string at = "ropes.default.scaling.";
  const std::map<std::string, double> stretch{{"factor", 8}, {"original_max_positions", 200}};
  const auto with = [&](const std::string& name, double value) {
    auto numbers = stretch;
    numbers[name] = value;
    return numbers;
  };
  EXPECT_EQ(message("linear", {}), at + "factor: missing");
  EXPECT_EQ(message("linear", {{"factor", 0}}), at + "factor: 0; a number above 0 is wanted");
  EXPECT_EQ(message("dynamic", {{"factor", 2}}), at + "max_positions: missing");
  EXPECT_EQ(message("proportional", {{"factor", 2}, {"partial", 1.5}}),
            at + "partial: 1.5; a number above 0, up to 1, is wanted");
  EXPECT_EQ(message("llama3", stretch), at + "low_freq_factor: missing");
  auto crossed = with("low_freq_factor", 4);
  crossed["high_freq_factor"] = 4;
  EXPECT_EQ(message("llama3", crossed), at + "high_freq_factor: 4; a number above 4 is wanted");
  EXPECT_EQ(message("yarn", with("original_max_positions", 1)),
            at + "original_max_positions: 1; a number above 1 is wanted");
  EXPECT_EQ(message("yarn", stretch), at + "beta_fast: missing");
  EXPECT_EQ(message("longrope", stretch),
            at + "short_factor: 0 numbers; 4, one for each pair of dims, are wanted");
  RopeSpec rope = scaled_rope("longrope", stretch);
  rope.lists = {{"short_factor", {1, 1, 1, 1}}, {"long_factor", {1, 2, -3, 4}}};
  EXPECT_EQ(testing::message_of(Blame::kData, [&] { check_rotary(rope, "ropes.default"); }),
            at + "long_factor: -3; positive numbers are wanted");
  rope = scaled_rope("yarn", with("beta_fast", 32));
  rope.numbers["beta_slow"] = rope.theta = 1;
  EXPECT_EQ(testing::message_of(Blame::kData, [&] { check_rotary(rope, "ropes.default"); }),
            "ropes.default.theta: 1; a number above 1 is wanted");
}

// ---- LongRoPE ----

RopeSpec longrope() {
  RopeSpec rope = scaled_rope("longrope", {{"factor", 8}, {"original_max_positions", 16}});
  rope.lists = {{"short_factor", {1, 1.1, 1.2, 1.3}}, {"long_factor", {1, 2, 4, 8}}};
  return rope;
}

TEST(Rotary, LongropeTurnsAWholeWindowByTheListOfItsLength) {
  const double multiplier = std::sqrt(1 + std::log(8.0) / std::log(16.0));

  const RotaryTable table = Rotary(longrope(), {}).table(40);

  ASSERT_EQ(table.usual.cosines.size(0), 16);
  ASSERT_EQ(table.beyond.cosines.size(0), 40);
  EXPECT_EQ(table.of_window(16).sines.data_ptr(), table.usual.sines.data_ptr());
  EXPECT_EQ(table.of_window(17).sines.data_ptr(), table.beyond.sines.data_ptr());
  for (const int64_t position : {int64_t{0}, int64_t{1}, int64_t{15}}) {
    for (int j = 0; j < 4; ++j) {
      const auto wanted = [&](double divisor) {
        return multiplier * std::sin(static_cast<double>(position) * base(j) / divisor);
      };
      EXPECT_NEAR(table.usual.sines[position][j].item<float>(), wanted(1 + 0.1 * j), 3e-6);
      EXPECT_NEAR(table.beyond.sines[position][j].item<float>(), wanted(std::exp2(j)), 3e-6);
    }
  }
}

TEST(Rotary, LongropeMakesNoSecondTableForShortWindows) {
  const RotaryTable table = Rotary(longrope(), {}).table(16);

  EXPECT_EQ(table.usual.cosines.size(0), 16);
  EXPECT_FALSE(table.beyond.cosines.defined());
}

TEST(Rotary, DynamicRefusesWindowsBeyondItsLimit) {
  const RopeSpec rope = scaled_rope("dynamic", {{"factor", 4}, {"max_positions", 40}});

  EXPECT_NO_THROW(check_window(rope, "ropes.default", 40));
  EXPECT_NO_THROW(check_window(plain_rope(), "ropes.default", 4000));
  EXPECT_EQ(testing::message_of(Blame::kData, [&] { check_window(rope, "ropes.default", 41); }),
            "a window of 41 tokens: ropes.default is dynamic, whose frequencies beyond 40 tokens "
            "depend on the sequences before; give it less context");
}

// ---- against transformers (tests/golden/layers/ropes.json) ----

/// A sine at position 1 is the frequency to its last digits, as long as it is below a quarter turn.
TEST(Rotary, HasTheFrequenciesAndMultipliersOfTransformers) {
  const auto golden = read_json_file(LOCKSTEP_SOURCE_DIR "/tests/golden/layers/ropes.json");
  ASSERT_GE(golden.size(), 18u);
  for (const auto& [name, one] : golden.items()) {
    const RopeSpec spec = resolve_family(one.at("config"), {}, name).ropes.at("default");
    check_rotary(spec, "ropes.default");
    const RotaryTable table = Rotary(spec, {}).table(4096);
    for (const auto& [length, wanted] : one.at("windows").items()) {
      const RotaryAngles& angles = table.of_window(std::stoll(length));
      const double multiplier = wanted.at("multiplier");
      const auto frequencies = wanted.at("frequencies").get<std::vector<double>>();
      ASSERT_EQ(angles.sines.size(1), static_cast<int64_t>(frequencies.size())) << name;
      for (std::size_t j = 0; j < frequencies.size(); ++j) {
        const auto column = static_cast<int64_t>(j);
        const std::string at = name + ", window " + length + ", pair " + std::to_string(j);
        const double sine = multiplier * std::sin(frequencies[j]);
        EXPECT_NEAR(angles.sines[1][column].item<float>(), sine, 3e-7 * sine) << at;
        EXPECT_NEAR(angles.cosines[0][column].item<float>(), multiplier, 1e-7 * multiplier) << at;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
