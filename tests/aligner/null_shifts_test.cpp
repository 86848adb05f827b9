#include "aligner/null_shifts.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/random_stream.h"

namespace lockstep {
namespace {

Eigen::MatrixXd noise(Eigen::Index rows, Eigen::Index columns, const char* purpose) {
  RandomStream stream(3, purpose);
  Eigen::MatrixXd values(rows, columns);
  for (auto& value : values.reshaped()) value = stream.normal();
  return values;
}

double deviation(const Eigen::ArrayXd& values) {
  return std::sqrt((values - values.mean()).square().mean());
}

// Noise predicted from noise: the spread of R over unrelated targets, each fitted anew in every
// fold, is what the null has to have. 2,000 targets know an SD to 1.6 %.
TEST(NullShifts, WidenedTheyHaveTheSpreadOfScoresOfUnrelatedTargets) {
  constexpr Eigen::Index kWords = 60, kFolds = 5, kSensors = 8, kTargets = 2000;
  const Eigen::MatrixXd x = noise(kWords * kFolds, kSensors, "sensors");
  const Eigen::MatrixXd y = noise(kWords * kFolds, kTargets, "targets");
  NullShifts shifts{.num_draws = 1, .num_blocks = kFolds, .words = {23, 31, 29, 37, 26}};
  Eigen::ArrayXd score = Eigen::ArrayXd::Zero(kTargets), shifted = Eigen::ArrayXd::Zero(kTargets);

  for (Eigen::Index fold = 0; fold < kFolds; ++fold) {
    const auto x_test = x.middleRows(fold * kWords, kWords);
    const auto y_test = y.middleRows(fold * kWords, kWords);
    const Eigen::MatrixXd gram = x.transpose() * x - x_test.transpose() * x_test +
                                 100 * Eigen::MatrixXd::Identity(kSensors, kSensors);
    const Eigen::MatrixXd cross = x.transpose() * y - x_test.transpose() * y_test;
    const std::vector<TestBlock> tests = {{fold, y_test, x_test * gram.llt().solve(cross)}};
    Eigen::VectorXd r(kTargets);
    for (Eigen::Index target = 0; target < kTargets; ++target) {
      const Eigen::ArrayXd a = y_test.col(target).array() - y_test.col(target).mean();
      const Eigen::ArrayXd b =
          tests[0].predicted.col(target).array() - tests[0].predicted.col(target).mean();
      r(target) = (a * b).sum() / std::sqrt(a.square().sum() * b.square().sum());
    }
    score += r.array() / kFolds;
    shifted += shifted_correlations(tests, r, 1, shifts).row(0).transpose().array() / kFolds;
  }

  EXPECT_NEAR(null_widening(kFolds) * deviation(shifted) / deviation(score), 1, 0.08);
  EXPECT_LT(deviation(shifted) / deviation(score), 0.78);
  EXPECT_EQ(null_widening(1), 1);
}

}  // namespace
}  // namespace lockstep
