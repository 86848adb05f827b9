#include "aligner/scores/latency_analysis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random_stream.h"

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kTaps = 9;
constexpr std::size_t kTimes = 91;

std::vector<double> times_s() {
  std::vector<double> times;
  for (int i = 0; i < static_cast<int>(kTimes); ++i) times.push_back((i - 30) / 30.0);
  return times;
}

std::vector<double> depths() {
  std::vector<double> all;
  for (int i = 1; i <= static_cast<int>(kTaps); ++i) all.push_back(i / 10.0);
  return all;
}

std::vector<double> bumps(const std::vector<double>& latency_s, double height) {
  std::vector<double> curves;
  for (const double peak_s : latency_s) {
    for (const double t : times_s())
      curves.push_back(height * std::exp(-std::pow((t - peak_s) / 0.12, 2)));
  }
  return curves;
}

std::vector<double> line(double start_s, double slope) {
  std::vector<double> latency_s;
  for (const double depth : depths()) latency_s.push_back(start_s + slope * depth);
  return latency_s;
}

std::vector<double> noise(std::size_t count, double sd, uint64_t seed) {
  RandomStream stream(seed, "noise of a test");
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(sd * stream.normal());
  return values;
}

// Bumps with `num_draws` noisy copies as the bootstrap and pure noise as the null.
ScoreCurves curves_of(const std::vector<double>& latency_s,
                      double height,
                      double sd,
                      std::size_t num_draws = 200) {
  ScoreCurves curves{.num_taps = kTaps, .num_times = kTimes, .observed = bumps(latency_s, height)};
  const auto more = noise(kTaps * num_draws * kTimes, sd, 1);
  for (std::size_t tap = 0; tap < kTaps; ++tap) {
    std::vector<double> draws;
    for (std::size_t i = 0; i < num_draws * kTimes; ++i) {
      draws.push_back(curves.observed[tap * kTimes + i % kTimes] +
                      more[tap * num_draws * kTimes + i]);
    }
    curves.taps.push_back(summarise_draws(draws, times_s(), {}, 0.95));
  }
  curves.shifted = noise(num_draws * kTaps * kTimes, sd, 2);
  return curves;
}

TEST(LatencyAnalysis, RecoversPlantedMonotoneLatencies) {
  const auto planted_s = line(0.15, 0.4);

  const auto found = analyse_latencies(curves_of(planted_s, 0.03, 0.0005), depths(), times_s(), {});

  for (std::size_t tap = 0; tap < kTaps; ++tap) {
    EXPECT_NEAR(found.layers[tap].peak.time_s, planted_s[tap], 0.5 / 30) << "tap " << tap;
    EXPECT_EQ(found.layers[tap].above_null, true) << "tap " << tap;
    EXPECT_LE(found.layers[tap].time_s.lo, found.layers[tap].time_s.hi) << "tap " << tap;
  }
  EXPECT_EQ(found.temporal.n, 9);
  EXPECT_GT(found.temporal.r, 0.99);
  EXPECT_NEAR(found.temporal.slope, 0.4, 0.04);
  EXPECT_GT(found.slope.lo, 0);
  EXPECT_LE(found.slope.lo, found.temporal.slope + 0.04);
  EXPECT_LT(found.p_shift, 0.01);
  EXPECT_EQ(found.band.depth.size(), 9U);
  EXPECT_DOUBLE_EQ(found.band.depth.front(), 0.1);
  EXPECT_DOUBLE_EQ(found.band.depth.back(), 0.9);
}

TEST(LatencyAnalysis, OfReversedLatenciesIsNegativeAndItsPNearOne) {
  const auto found =
      analyse_latencies(curves_of(line(0.55, -0.4), 0.03, 0.0005), depths(), times_s(), {});

  EXPECT_LT(found.temporal.r, -0.99);
  EXPECT_LT(found.slope.hi, 0);
  EXPECT_GT(found.p_shift, 0.95);
}

TEST(LatencyAnalysis, ClaimsNoOrderOfOneLatency) {
  const auto found =
      analyse_latencies(curves_of(line(1.0 / 3, 0), 0.03, 0.002), depths(), times_s(), {});

  EXPECT_EQ(found.temporal.n, 9);
  EXPECT_EQ(found.temporal.distinct, 1);
  EXPECT_TRUE(std::isnan(found.temporal.r));
  EXPECT_TRUE(std::isnan(found.p_shift));
  EXPECT_FALSE(found.slope.known());
  EXPECT_TRUE(found.band.depth.empty());
}

TEST(LatencyAnalysis, FindsNoPeakOfLayersBelowTheirNull) {
  ScoreCurves curves = curves_of(line(0.15, 0.4), 0.03, 0.0005);
  for (std::size_t time = 0; time < kTimes; ++time) curves.observed[2 * kTimes + time] *= 0.01;

  const auto strict = analyse_latencies(curves, depths(), times_s(), {});
  const auto flagged =
      analyse_latencies(curves, depths(), times_s(), {.below_null = BelowNull::kIsFlagged});

  EXPECT_EQ(strict.layers[2].above_null, false);
  EXPECT_TRUE(std::isnan(strict.layers[2].peak.time_s));
  EXPECT_FALSE(strict.layers[2].time_s.known());
  EXPECT_NEAR(strict.layers[2].peak.maximum, 0.0003, 0.0001);
  EXPECT_EQ(strict.temporal.n, 8);
  EXPECT_TRUE(strict.slope.known());
  EXPECT_EQ(flagged.layers[2].above_null, false);
  EXPECT_NEAR(flagged.layers[2].peak.time_s, 0.27, 0.02);
  EXPECT_EQ(flagged.temporal.n, 9);
}

TEST(LatencyAnalysis, FindsNothingInNoise) {
  ScoreCurves curves{.num_taps = kTaps, .num_times = kTimes};
  curves.observed = noise(kTaps * kTimes, 0.001, 3);
  curves.shifted = noise(500 * kTaps * kTimes, 0.001, 4);

  const auto found = analyse_latencies(curves, depths(), times_s(), {});

  EXPECT_EQ(found.temporal.n, 0);
  EXPECT_EQ(found.temporal.layers, 9);
  EXPECT_TRUE(std::isnan(found.p_shift));
}

// Under exchangeability the observed curves exceed the threshold in at most 5 % of cases.
TEST(LatencyAnalysis, NullThresholdIsExceededByOneCurveInTwenty) {
  ScoreCurves curves{.num_taps = 3, .num_times = 20};
  curves.shifted = noise(99 * 60, 1, 5);
  const std::vector<double> few_depths = {0.1, 0.5, 0.9};
  std::vector<double> few_times_s;
  for (int i = 0; i < 20; ++i) few_times_s.push_back(i / 30.0);

  int num_exceeded = 0;
  for (uint64_t run = 0; run < 400; ++run) {
    curves.observed = noise(60, 1, 100 + run);
    curves.shifted = noise(99 * 60, 1, 1000 + run);
    num_exceeded += analyse_latencies(curves, few_depths, few_times_s, {}).temporal.n > 0 ? 1 : 0;
  }

  // 400 runs at 5 %: 20, standard deviation 4.4.
  EXPECT_GE(num_exceeded, 7);
  EXPECT_LE(num_exceeded, 33);
}

TEST(LatencyAnalysis, NullThresholdIsThatOfTheLargestScoreInsideTheWindow) {
  ScoreCurves curves{.num_taps = 2, .num_times = 3, .observed = {0, 5, 0, 0, 1, 0}};
  for (int draw = 1; draw <= 19; ++draw) {
    const double largest = 0.1 * draw;
    curves.shifted.insert(curves.shifted.end(), {9, largest, -1, 9, largest / 2, -1});
  }
  const std::vector<double> two_depths = {0.2, 0.8};
  const std::vector<double> three_times_s = {-1, 0, 1};

  const auto found = analyse_latencies(curves, two_depths, three_times_s, {});

  ASSERT_TRUE(found.null.has_value());
  EXPECT_DOUBLE_EQ(found.null->threshold, 1.9);
  EXPECT_EQ(found.layers[0].above_null, true);
  EXPECT_EQ(found.layers[1].above_null, false);
  EXPECT_EQ(found.best_tap, 0U);
  EXPECT_EQ(found.best_r, 5);
  EXPECT_DOUBLE_EQ(found.null->middle[0].lo, 9);

  const auto lenient = analyse_latencies(curves, two_depths, three_times_s, {.null_level = 0.45});
  EXPECT_DOUBLE_EQ(lenient.null->threshold, 0.9);  // the ninth of 19: 0.45 of 20
  EXPECT_EQ(lenient.layers[1].above_null, true);
}

TEST(LatencyAnalysis, PComparesWithTheScoresOfShiftedWords) {
  const std::vector<double> three_depths = {0.1, 0.5, 0.9};
  const std::vector<double> four_times_s = {0, 0.1, 0.2, 0.3};
  const std::vector<double> rising = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};   // r = 1
  const std::vector<double> crooked = {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};  // r = 0.98
  const std::vector<double> falling = {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0};
  const std::vector<double> tied = {0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0};  // no r
  ScoreCurves curves{.num_taps = 3, .num_times = 4, .observed = crooked};
  for (const auto& draw : {rising, crooked, falling, tied}) {
    for (const double value : draw) curves.shifted.push_back(0.5 * value);
  }

  const auto found = analyse_latencies(curves, three_depths, four_times_s, {});

  EXPECT_DOUBLE_EQ(found.p_shift, 3.0 / 5);
}

TEST(LatencyAnalysis, PUsesTheLayersThatHaveAPeak) {
  const std::vector<double> four_depths = {0.1, 0.4, 0.7, 0.9};
  const std::vector<double> four_times_s = {0, 0.1, 0.2, 0.3};
  const std::vector<double> observed = {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0};
  // The same order in the first three layers; the last one would spoil it.
  const std::vector<double> draw = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0};
  ScoreCurves curves{.num_taps = 4, .num_times = 4, .observed = observed, .shifted = draw};

  const auto found = analyse_latencies(curves, four_depths, four_times_s, {});

  EXPECT_EQ(found.temporal.n, 3);
  EXPECT_DOUBLE_EQ(found.p_shift, 1);
}

TEST(LatencyAnalysis, HasIntervalsWithoutWidthWhereAllDrawsAreAlike) {
  ScoreCurves curves{
      .num_taps = kTaps, .num_times = kTimes, .observed = bumps(line(0.15, 0.4), 0.03)};
  for (std::size_t tap = 0; tap < kTaps; ++tap) {
    const auto curve = curves.observed.begin() + static_cast<std::ptrdiff_t>(tap * kTimes);
    std::vector<double> draws;
    for (int draw = 0; draw < 20; ++draw) draws.insert(draws.end(), curve, curve + kTimes);
    curves.taps.push_back(summarise_draws(draws, times_s(), {}, 0.95));
  }

  const auto found = analyse_latencies(curves, depths(), times_s(), {});

  EXPECT_EQ(found.slope.lo, found.slope.hi);
  EXPECT_EQ(found.slope.lo, found.temporal.slope);
  EXPECT_EQ(found.layers[4].time_s.lo, found.layers[4].peak.time_s);
  EXPECT_EQ(curves.taps[0].score[40].lo, curves.observed[40]);
  EXPECT_FALSE(found.null.has_value());
  EXPECT_FALSE(found.layers[0].above_null.has_value());
  EXPECT_TRUE(std::isnan(found.p_shift));
}

// A draw in which all layers peak together has a slope of 0, not none: else an interval would lose
// what speaks against an order.
TEST(LatencyAnalysis, CountsDrawsWithOnePeakTimeAsFlat) {
  const std::vector<double> three_depths = {0.1, 0.5, 0.9};
  const std::vector<double> three_times_s = {0, 0.2, 0.4};
  ScoreCurves curves{.num_taps = 3, .num_times = 3, .observed = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
  for (std::size_t tap = 0; tap < 3; ++tap) {
    std::vector<double> draws;
    for (int draw = 0; draw < 40; ++draw) {
      const std::size_t peak = draw < 20 ? tap : 1;
      for (std::size_t time = 0; time < 3; ++time) draws.push_back(time == peak ? 1 : 0);
    }
    curves.taps.push_back(summarise_draws(draws, three_times_s, {}, 0.95));
  }

  const auto found = analyse_latencies(curves, three_depths, three_times_s, {});

  EXPECT_NEAR(found.temporal.slope, 0.5, 1e-12);
  EXPECT_EQ(found.slope.lo, 0);
  EXPECT_NEAR(found.slope.hi, 0.5, 1e-12);
  EXPECT_NEAR(found.band.time_s.front().hi, 0.2, 1e-12);
  EXPECT_FALSE(found.r.known());
}

TEST(LatencyAnalysis, ToleratesMissingSamples) {
  ScoreCurves curves = curves_of(line(0.15, 0.4), 0.03, 0.0005);
  for (std::size_t time = 40; time < 43; ++time) curves.observed[3 * kTimes + time] = kNaN;

  const auto found = analyse_latencies(curves, depths(), times_s(), {});

  EXPECT_TRUE(std::isfinite(found.layers[3].peak.time_s));
  EXPECT_EQ(found.temporal.n, 9);
}

TEST(SummariseDraws, HasTheIntervalOfEachTimeAndThePeakOfEachDraw) {
  const std::vector<double> scores = {0, 1, 0, 0, 0, 3, -1, -1, -1};
  const std::vector<double> three_times_s = {0, 0.1, 0.2};

  const TapDraws draws = summarise_draws(scores, three_times_s, {}, 0.5);

  EXPECT_EQ(draws.time_s[0], 0.1);
  EXPECT_EQ(draws.time_s[1], 0.2);
  EXPECT_TRUE(std::isnan(draws.time_s[2]));
  EXPECT_EQ(draws.maximum, (std::vector<double>{1, 3, -1}));
  EXPECT_DOUBLE_EQ(draws.score[2].lo, -0.5);
  EXPECT_DOUBLE_EQ(draws.score[2].hi, 1.5);
}

TEST(MeanOverSubjects, AveragesValueByValueAndKeepsWhatIsMissing) {
  const std::vector<std::vector<double>> subjects = {{1, 2, kNaN}, {3, 6, 1}};

  const auto mean = mean_over_subjects(subjects);

  EXPECT_EQ(mean[0], 2);
  EXPECT_EQ(mean[1], 4);
  EXPECT_TRUE(std::isnan(mean[2]));
}

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(LatencyAnalysis, RefusesSizesThatDisagree) {
  const ScoreCurves curves{.num_taps = 2, .num_times = 3, .observed = std::vector<double>(6)};
  const std::vector<double> one(1), three(3);
  EXPECT_EQ(message_of([&] { analyse_latencies(curves, one, three, {}); }),
            "latencies: 1 depths, 3 times, 6 scores; 2 x 3");
  EXPECT_EQ(message_of([] { mean_over_subjects({}); }), "mean over subjects: none; one at least");
  const std::vector<std::vector<double>> unequal = {{1, 2}, {1}};
  EXPECT_EQ(message_of([&] { mean_over_subjects(unequal); }), "mean over subjects: 2 values and 1");
}

}  // namespace
}  // namespace lockstep
