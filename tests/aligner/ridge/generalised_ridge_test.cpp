#include "aligner/ridge/generalised_ridge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/aligner/ridge/ridge_stress.h"

namespace lockstep {
namespace {

using testing::Data;
using testing::expect_equal;
using testing::solve;
using testing::Solved;

/// All but two: alphas whose scores tie to single precision, and a score of 0/0.
std::vector<std::size_t> decidable() {
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < testing::stresses().size(); ++i) {
    const auto& name = testing::stresses()[i].name;
    if (name != "neighbouring_alphas" && name != "fewer_words_than_sensors") numbers.push_back(i);
  }
  return numbers;
}

class GeneralisedAgainstPlain : public ::testing::TestWithParam<std::size_t> {};

TEST_P(GeneralisedAgainstPlain, SameAlphasAndPredictions) {
  const testing::Stress& stress = testing::stresses()[GetParam()];
  Data data;
  data.alpha_by = AlphaBy::kGeneralised;
  data.make(stress.name);
  stress.change(data);

  expect_equal(data, data.plan(stress.name == "few_words" ? 2 : 7), 1, stress.name);
}

INSTANTIATE_TEST_SUITE_P(Stress,
                         GeneralisedAgainstPlain,
                         ::testing::ValuesIn(decidable()),
                         [](const auto& test) { return testing::stresses()[test.param].name; });

TEST(GeneralisedLoss, IsRssOverTheSquareOfTheMeanOfOneLessLeverage) {
  const InputRows x = testing::random_rows(30, 4, "inputs");
  const Eigen::MatrixXd y = testing::random_rows(30, 2, "targets");
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < 30; ++row) rows.push_back(row);
  const std::vector<double> alphas = {0.3, 20};
  const InputRows centred = x.rowwise() - x.colwise().mean();
  const ScaledEigen eigen = scaled_eigen(centred.transpose() * centred, Eigen::VectorXd::Ones(4));
  const Eigen::MatrixXd centred_y = y.rowwise() - y.colwise().mean();

  const Eigen::MatrixXd loss =
      generalised_loss(eigen.values,
                       30,
                       eigen.projection.transpose() * centred.transpose() * centred_y,
                       centred_y.colwise().squaredNorm().transpose(),
                       Eigen::Map<const Eigen::VectorXd>(alphas.data(), 2));

  for (Eigen::Index a = 0; a < 2; ++a) {
    const double alpha = alphas[static_cast<std::size_t>(a)];
    const Eigen::MatrixXd fitted =
        testing::ridge_predict(x, y, rows, rows, Eigen::VectorXd::Ones(4), alpha);
    const Eigen::MatrixXd gram =
        centred.transpose() * centred + alpha * Eigen::MatrixXd::Identity(4, 4);
    const double leverages = 1 + (centred * gram.inverse() * centred.transpose()).trace();
    for (Eigen::Index d = 0; d < 2; ++d) {
      const double rss = (y.col(d) - fitted.col(d)).squaredNorm();
      EXPECT_NEAR(loss(a, d), rss / std::pow(1 - leverages / 30, 2), 1e-10 * rss);
    }
  }
}

TEST(GeneralisedRidge, IsAnApproximationAndSaysSo) {
  Data data;
  data.make("approximation");
  for (int64_t i = 17; i < data.num_words; i += 101) data.x.row(i) *= 40;
  const Solved exact = solve(data.x, data.y, data.plan(), data.options());
  data.alpha_by = AlphaBy::kGeneralised;

  const Solved solved = solve(data.x, data.y, data.plan(), data.options());

  EXPECT_EQ(solved.audit.approximate, solved.audit.decisions);
  EXPECT_NE(solved.folds[0].alpha, exact.folds[0].alpha);
}

}  // namespace
}  // namespace lockstep
