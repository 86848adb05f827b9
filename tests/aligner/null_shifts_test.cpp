#include "aligner/null_shifts.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/random_stream.h"
#include "tests/oracles/ridge_by_refitting.h"

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
    const Eigen::MatrixXd predicted = x_test * gram.llt().solve(cross);
    const std::vector<TestBlock> tests = {{fold, y_test, predicted}};
    const ScoreSums sums = block_sums(y_test, predicted);
    const Eigen::VectorXd r = correlations(sums);
    score += r.array() / kFolds;
    shifted += shifted_correlations(tests, sums, 1, shifts).row(0).transpose().array() / kFolds;
  }

  EXPECT_NEAR(null_widening(kFolds) * deviation(shifted) / deviation(score), 1, 0.08);
  EXPECT_LT(deviation(shifted) / deviation(score), 0.78);
  EXPECT_EQ(null_widening(1), 1);
}

/// Pearson of the observed values of all blocks, each block turned round by its shift, with the
/// predictions.
double turned_correlation(const std::vector<TestBlock>& blocks,
                          Eigen::Index target,
                          const std::vector<Eigen::Index>& shifts) {
  std::vector<double> y, p;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const auto n = blocks[b].observed.rows();
    for (Eigen::Index word = 0; word < n; ++word) {
      y.push_back(blocks[b].observed((word + shifts[b]) % n, target));
      p.push_back(blocks[b].predicted(word, target));
    }
  }
  return testing::pearson(Eigen::Map<Eigen::VectorXd>(y.data(), std::ssize(y)),
                          Eigen::Map<Eigen::VectorXd>(p.data(), std::ssize(p)));
}

// Large offsets, blocks of several stretches and one that is shorter than a stretch, a target
// without variance.
TEST(NullShifts, AreCorrelationsOfTurnedBlocks) {
  const Eigen::MatrixXd y = noise(900, 100, "observed").array() + 40;
  Eigen::MatrixXd p = 0.1 * noise(900, 100, "predicted");
  p.col(7).setConstant(3);
  const std::vector<TestBlock> blocks = {{2, y.topRows(700), p.topRows(700)},
                                         {0, y.bottomRows(200), p.bottomRows(200)}};
  const NullShifts shifts{
      .num_draws = 3, .num_blocks = 3, .words = {150, -1, 699, 1, -1, 350, 199, -1, 12}};
  const ScoreSums sums =
      block_sums(y.topRows(700), p.topRows(700)) + block_sums(y.bottomRows(200), p.bottomRows(200));

  const Eigen::MatrixXd found = shifted_correlations(blocks, sums, 50, shifts);

  ASSERT_EQ(found.rows(), 3);
  ASSERT_EQ(found.cols(), 2);
  for (int64_t draw = 0; draw < 3; ++draw) {
    const std::vector<Eigen::Index> turns = {shifts.at(draw, 2), shifts.at(draw, 0)};
    for (Eigen::Index group = 0; group < 2; ++group) {
      double expected = 0;
      for (Eigen::Index target = 50 * group; target < 50 * group + 50; ++target) {
        if (target != 7) expected += turned_correlation(blocks, target, turns);
      }
      EXPECT_NEAR(found(draw, group), expected, 50 * 1e-6) << draw << ' ' << group;
    }
  }
}

}  // namespace
}  // namespace lockstep
