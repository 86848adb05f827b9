#include "aligner/scores/peak_time.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> times_30_hz(int first, int count) {
  std::vector<double> times_s;
  for (int i = 0; i < count; ++i) times_s.push_back((first + i) / 30.0);
  return times_s;
}

TEST(PeakTime, IsTheMeanOfTheSamplesAtTheThresholdOrAbove) {
  const std::vector<double> times_s = {0.0, 0.1, 0.2, 0.3, 0.4};
  const std::vector<double> scores = {0.1, 0.96, 1.0, 0.95, 0.9};

  const PeakTime peak = peak_time(scores, times_s, {});

  EXPECT_DOUBLE_EQ(peak.time_s, 0.2);
  EXPECT_EQ(peak.maximum, 1.0);
  EXPECT_EQ(peak.lobes, 1);
  EXPECT_FALSE(peak.edge);
}

TEST(PeakTime, AveragesOverAllLobesAndCountsThem) {
  const std::vector<double> times_s = {0.0, 0.1, 0.2, 0.3, 0.4, 0.5};
  const std::vector<double> scores = {0.0, 1.0, 0.2, 0.2, 0.97, 0.0};

  const PeakTime peak = peak_time(scores, times_s, {});

  EXPECT_DOUBLE_EQ(peak.time_s, 0.25);
  EXPECT_EQ(peak.lobes, 2);
}

TEST(PeakTime, LooksInsideTheWindowOnlyAndAtBothOfItsEnds) {
  const auto times_s = times_30_hz(-75, 166);
  std::vector<double> scores(times_s.size(), 0.1);
  scores[0] = 9;    // -2.5 s
  scores[60] = 1;   // -0.5 s, the first sample of the window
  scores[120] = 1;  // 1.5 s, the last
  scores[121] = 9;

  const PeakTime peak = peak_time(scores, times_s, {});

  EXPECT_EQ(peak.maximum, 1.0);
  EXPECT_DOUBLE_EQ(peak.time_s, 0.5);
  EXPECT_EQ(peak.lobes, 2);
  EXPECT_TRUE(peak.edge);
}

TEST(PeakTime, FlagsAPeakAtOneEdgeOfTheWindow) {
  const std::vector<double> times_s = {-1.0, 0.0, 1.0, 2.0};
  const PeakRule rule{.begin_s = 0, .end_s = 1};

  EXPECT_TRUE(peak_time(std::vector<double>{0, 2, 1, 9}, times_s, rule).edge);
  EXPECT_TRUE(peak_time(std::vector<double>{9, 1, 2, 0}, times_s, rule).edge);
}

TEST(PeakTime, NeverPicksAMissingScoreAndLetsItSeparateLobes) {
  const std::vector<double> times_s = {0.0, 0.1, 0.2, 0.3, 0.4};
  const std::vector<double> scores = {kNaN, 1.0, kNaN, 1.0, INFINITY};

  const PeakTime peak = peak_time(scores, times_s, {});

  EXPECT_EQ(peak.maximum, 1.0);
  EXPECT_DOUBLE_EQ(peak.time_s, 0.2);
  EXPECT_EQ(peak.lobes, 2);
  EXPECT_FALSE(peak.edge);
}

TEST(PeakTime, IsMissingWhereNoScoreIsPositive) {
  const std::vector<double> times_s = {0.0, 0.1, 0.2};

  const PeakTime negative = peak_time(std::vector<double>{-0.2, -0.1, -0.3}, times_s, {});
  const PeakTime zero = peak_time(std::vector<double>{0, 0, 0}, times_s, {});
  const PeakTime missing = peak_time(std::vector<double>{kNaN, kNaN, kNaN}, times_s, {});
  const PeakTime outside =
      peak_time(std::vector<double>{1, 1, 1}, times_s, {.begin_s = 0.6, .end_s = 0.7});

  EXPECT_TRUE(std::isnan(negative.time_s));
  EXPECT_EQ(negative.maximum, -0.1);
  EXPECT_EQ(negative.lobes, 0);
  EXPECT_TRUE(std::isnan(zero.time_s));
  EXPECT_TRUE(std::isnan(missing.time_s));
  EXPECT_TRUE(std::isnan(missing.maximum));
  EXPECT_TRUE(std::isnan(outside.time_s));
}

TEST(PeakTime, DoesNotChangeWhenScoresAreScaledAndMovesWithTheTimes) {
  const auto times_s = times_30_hz(0, 30);
  std::vector<double> scores, scaled, later_s;
  for (double t : times_s) {
    scores.push_back(std::exp(-std::pow((t - 0.42) / 0.1, 2)));
    scaled.push_back(0.0137 * scores.back());
    later_s.push_back(t + 0.25);
  }

  const PeakTime peak = peak_time(scores, times_s, {});

  EXPECT_NEAR(peak.time_s, 0.42, 0.5 / 30);
  EXPECT_DOUBLE_EQ(peak_time(scaled, times_s, {}).time_s, peak.time_s);
  EXPECT_NEAR(peak_time(scores, later_s, {}).time_s, peak.time_s + 0.25, 1e-12);
}

TEST(PeakTime, WithThresholdOneIsTheTimeOfTheMaximum) {
  const std::vector<double> times_s = {0.0, 0.1, 0.2};

  EXPECT_EQ(peak_time(std::vector<double>{0.99, 1.0, 0.99}, times_s, {.threshold = 1}).time_s, 0.1);
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

TEST(PeakTime, RefusesWhatMakesNoSense) {
  EXPECT_EQ(message_of([] { PeakRule{.threshold = 1.2}.check(); }),
            "peak threshold: 1.2; a share of the maximum above 0, at most 1");
  EXPECT_EQ(message_of([] { PeakRule{.begin_s = 1, .end_s = 0}.check(); }),
            "peak window: 1:0; two times in seconds, the earlier first");
  EXPECT_EQ(message_of([] { peak_time(std::vector<double>(3), std::vector<double>(2), {}); }),
            "peak time: 3 scores; one for each of 2 times");
}

}  // namespace
}  // namespace lockstep
