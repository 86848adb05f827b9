// Fits of one time applied to another, and r over all folds, against refitting.
#include "aligner/generalisation.h"

#include "tests/oracles/ridge_by_refitting.h"
#include "tests/support/aligned_study.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::time_index;
using testing::TinyStudy;

class GeneralisationTest : public testing::AlignedStudy {
 protected:
  static AlignSettings settings_with(const std::string& scale, const std::string& r) {
    AlignSettings settings = quick_settings();
    settings.embargo = "0";
    settings.times = "0:0.5";
    settings.null_draws = 0;
    settings.generalise = true;
    settings.scale = scale;
    settings.r = r;
    return settings;
  }
};

/// All words have a response in common, so that the sensors' means change with the time after a
/// word: 15 samples from word to word.
struct OffsetStudy : TinyStudy {
  OffsetStudy() {
    num_subjects = 1;
    make();
    for (std::size_t i = 0; i < data[0].size(); ++i) {
      data[0][i] = 3 * data[0][i] + static_cast<float>(i % 6) * static_cast<float>(i / 6 % 15);
    }
    write();
  }
};

Eigen::MatrixXd z_scored(const Eigen::MatrixXd& x) {
  std::vector<int64_t> all;
  for (int64_t i = 0; i < x.rows(); ++i) all.push_back(i);
  return (x.rowwise() - x.colwise().mean()) * testing::inverse_deviations(x, all).asDiagonal();
}

/// Trains at one time and tests at another, fold by fold, with the penalties of the file.
double refitted(const TinyStudy& study,
                const ScoresFile& file,
                std::size_t tap,
                double train_s,
                double test_s) {
  const auto& header = file.header();
  const bool z_scores = header.scale == "all";
  const Eigen::MatrixXd at_train = testing::recorded_at(study, train_s);
  const Eigen::MatrixXd at_test = testing::recorded_at(study, test_s);
  const Eigen::MatrixXd y = testing::targets_of_tap(study, tap);
  const auto n = at_train.rows();
  Eigen::MatrixXd x(2 * n, at_train.cols()), twice(2 * n, y.cols());
  x << (z_scores ? z_scored(at_train) : at_train), (z_scores ? z_scored(at_test) : at_test);
  twice << y, y;
  const auto alphas = file.alpha(0, 0);
  const auto blocks = testing::places_of_blocks(study);
  Eigen::MatrixXd predicted(n, y.cols());
  double sum = 0;
  for (std::size_t fold = 0; fold < blocks.size(); ++fold) {
    const auto train = testing::places_without(blocks, fold);
    std::vector<int64_t> test;
    for (const auto place : blocks[fold]) test.push_back(n + place);
    const Eigen::VectorXd scale = header.scale == "train" ? testing::inverse_deviations(x, train)
                                                          : Eigen::VectorXd::Ones(x.cols());
    for (int64_t d = 0; d < y.cols(); ++d) {
      const auto place = ((fold * header.taps.size() + tap) * static_cast<std::size_t>(y.cols()) +
                          static_cast<std::size_t>(d)) *
                             header.times_s.size() +
                         static_cast<std::size_t>(time_index(header, train_s));
      const Eigen::VectorXd column =
          testing::ridge_predict(x, twice.col(d), train, test, scale, alphas[place]);
      sum += testing::pearson(testing::rows_of(y, blocks[fold]).col(d), column);
      for (std::size_t i = 0; i < test.size(); ++i) {
        predicted(blocks[fold][i], d) = column[static_cast<Eigen::Index>(i)];
      }
    }
  }
  if (header.r == "folds") return sum / static_cast<double>(blocks.size() * 3);
  sum = 0;
  for (int64_t d = 0; d < y.cols(); ++d) sum += testing::pearson(y.col(d), predicted.col(d));
  return sum / static_cast<double>(y.cols());
}

TEST_F(GeneralisationTest, EqualsRefittingAtEveryPairOfTimes) {
  const OffsetStudy study;
  for (const std::string scale : {"train", "all", "none"}) {
    for (const std::string r : {"folds", "concatenated"}) {
      const ScoresFile file = run(study, settings_with(scale, r));
      const auto num_times = file.header().times_s.size();
      const auto found = file.generalisation(0, 0);
      const auto score = file.score(0, 0);
      ASSERT_EQ(found.size(), 2 * num_times * num_times);

      for (const double train_s : {0.1, 0.4}) {
        for (const double test_s : {0.1, 0.2, 0.4}) {
          for (std::size_t tap = 0; tap < 2; ++tap) {
            const auto train = static_cast<std::size_t>(time_index(file.header(), train_s));
            const auto test = static_cast<std::size_t>(time_index(file.header(), test_s));
            const float value = found[(tap * num_times + train) * num_times + test];
            EXPECT_NEAR(value, refitted(study, file, tap, train_s, test_s), 1e-6)
                << scale << ' ' << r << ' ' << train_s << ' ' << test_s << " tap " << tap;
            if (train == test) {
              EXPECT_NEAR(value, score[tap * num_times + train], 1e-6);
            }
          }
        }
      }
    }
  }
}

TEST_F(GeneralisationTest, ThreadsShardsAndOtherFilesGiveTheSameBytes) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = settings_with("train", "folds");
  settings.available = "each";
  expect_same_bytes(study, settings);
}

TEST_F(GeneralisationTest, ConcatenatedNullIsThatOfConcatenatedScores) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.times = "0.1";
  settings.null_draws = 200;
  settings.r = "concatenated";

  const ScoresFile file = run(study, settings);

  const auto null = file.null_score(0, 0);  // draw x tap x time
  double sum = 0, squares = 0;
  for (std::size_t draw = 0; draw < 200; ++draw) {
    sum += null[2 * draw] / 200;
    squares += null[2 * draw] * null[2 * draw] / 200;
  }
  // r of 297 words: 1 / sqrt(297) = 0.058 each, three components, and the two folds of a pair.
  EXPECT_LT(std::abs(sum), 0.02);
  EXPECT_NEAR(std::sqrt(squares), std::sqrt(2.0 / 3 / 297), 0.02);
  EXPECT_GT(file.score(0, 0)[0], 0.5);
  EXPECT_EQ(file.header().scored_folds(), std::vector<int64_t>(5, 0));
}

}  // namespace
}  // namespace lockstep
