#include "aligner/white_recordings.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random_stream.h"

namespace lockstep {
namespace {

/// Two recordings of 400 and 300 rows with six sensors, of which four are used: one of them is
/// 1e-13 the size of the others, one constant.
struct Recorded {
  std::vector<std::vector<float>> recordings;
  std::vector<int64_t> chosen = {5, 0, 3, 2};
  std::vector<HeardWord> words;
  TimeGrid grid{-3, 9, 30, 1};

  Recorded() {
    RandomStream stream(3, "samples");
    for (const int rows : {400, 300}) {
      auto& data = recordings.emplace_back();
      for (int i = 0; i < rows; ++i) {
        for (int s = 0; s < 6; ++s) {
          const double value = 20 + stream.normal();
          data.push_back(static_cast<float>(s == 3 ? 1e-13 * value : s == 2 ? 7 : value));
        }
      }
    }
    for (int64_t word = 0; word < 90; ++word) {
      words.push_back({word, word < 50 ? 0u : 1u, 5 + 5 * (word < 50 ? word : word - 50), 0});
    }
  }
  RecordedSamples samples() const { return {recordings, 6, chosen}; }
};

TEST(WhiteRecordings, GatherGivesBackTheRecordedValues) {
  const Recorded recorded;
  std::vector<int64_t> order;
  for (int64_t i = 0; i < 90; ++i) order.push_back((7 * i) % 90);

  const auto white = whiten_recordings(recorded.samples(), recorded.words, recorded.grid, 2);

  ASSERT_TRUE(white.has_value());
  EXPECT_EQ(white->map.flat, std::vector<Eigen::Index>{3});
  const InputRows x = gather(recorded.samples(), recorded.words, 4);
  const Eigen::MatrixXd back =
      (white->gather(recorded.words, order, 4).cast<double>() * white->map.backward).rowwise() +
      white->map.centre.transpose();
  for (std::size_t place = 0; place < order.size(); ++place) {
    for (Eigen::Index s = 0; s < 4; ++s) {
      const double value = x(order[place], s);
      EXPECT_NEAR(back(static_cast<Eigen::Index>(place), s), value, 1e-6 * std::abs(value))
          << "place " << place << " sensor " << s;
    }
  }
}

TEST(WhiteRecordings, DirectionsHaveUnitVarianceOverTheWords) {
  const Recorded recorded;
  std::vector<int64_t> order;
  for (int64_t i = 0; i < 90; ++i) order.push_back(i);

  const auto white = whiten_recordings(recorded.samples(), recorded.words, recorded.grid, 1);

  ASSERT_TRUE(white.has_value());
  const Eigen::MatrixXd w = white->gather(recorded.words, order, 0).cast<double>();
  int64_t varying = 0;
  for (Eigen::Index j = 0; j < w.cols(); ++j) {
    const double variance = (w.col(j).array() - w.col(j).mean()).square().mean();
    if (variance < 1e-6) continue;  // the direction of the constant sensor
    ++varying;
    EXPECT_NEAR(variance, 1, 0.5) << "direction " << j;
  }
  EXPECT_EQ(varying, 3);
}

TEST(WhiteRecordings, NoneForFewTimes) {
  Recorded recorded;
  recorded.grid.count = 2;

  EXPECT_FALSE(whiten_recordings(recorded.samples(), recorded.words, recorded.grid, 1).has_value());
}

TEST(WhiteRecordings, NoneIfASensorMovesBetweenTheReferenceTimes) {
  Recorded recorded;
  recorded.grid.count = 17;   // lags -3 to 13, of which -2 is no reference
  recorded.words.resize(51);  // the last is the only one of the second recording
  const auto row = static_cast<std::size_t>(recorded.words.back().sample - 2);
  recorded.recordings[1][row * 6 + 2] = 8;

  const auto white = whiten_recordings(recorded.samples(), recorded.words, recorded.grid, 1);

  EXPECT_FALSE(white.has_value());
}

}  // namespace
}  // namespace lockstep
