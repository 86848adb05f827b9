// Leave-one-out by sums against scikit-learn's numbers and against the plain float64 solver.
#include "aligner/ridge/screened_ridge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "aligner/ridge/alpha_screen.h"
#include "tests/aligner/ridge/ridge_stress.h"

namespace lockstep {
namespace {

using testing::Data;
using testing::expect_equal;
using testing::solve;
using testing::Solved;

class ScreenedAgainstScikitLearn : public ::testing::TestWithParam<const char*> {};

TEST_P(ScreenedAgainstScikitLearn, ChoosesTheSameAlphasAndPredictsTheSame) {
  const testing::Golden golden = testing::read_golden(GetParam());
  const TrainingPlan plan = testing::plan_of(golden.fold, golden.alpha.rows());

  for (const double rho : {1.0, 0.1}) {
    const Solved solved =
        solve(golden.x,
              golden.y,
              plan,
              {golden.alphas, AlphaBy::kLeaveOneOut, testing::scale_of(GetParam())},
              rho);
    for (Eigen::Index k = 0; k < golden.alpha.rows(); ++k) {
      const FoldFit& fit = solved.folds[static_cast<std::size_t>(k)];
      const auto& range = plan.block_rows[static_cast<std::size_t>(k)];
      for (Eigen::Index d = 0; d < golden.y.cols(); ++d) {
        const std::string where = "fold " + std::to_string(k) + " target " + std::to_string(d);
        EXPECT_NEAR(fit.alpha[static_cast<std::size_t>(d)] / golden.alpha(k, d), 1, 1e-12) << where;
        if (std::isnan(golden.r(k, d))) continue;
        const double r = testing::pearson(golden.y.col(d).segment(range.begin, range.size()),
                                          fit.predicted.front().col(d));
        EXPECT_NEAR(r, golden.r(k, d), 1e-6) << where;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures,
                         ScreenedAgainstScikitLearn,
                         ::testing::ValuesIn(testing::kGoldenNames),
                         [](const auto& test) { return std::string(test.param); });

class ScreenedAgainstPlain : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ScreenedAgainstPlain, SameAlphasAndPredictions) {
  const testing::Stress& stress = testing::stresses()[GetParam()];
  for (const double rho : {1.0, 0.1}) {
    Data data;
    data.make(stress.name);
    stress.change(data);
    expect_equal(data, data.plan(stress.name == "few_words" ? 2 : 7), rho, stress.name);
  }
}

INSTANTIATE_TEST_SUITE_P(Stress,
                         ScreenedAgainstPlain,
                         ::testing::Range<std::size_t>(0, testing::stresses().size()),
                         [](const auto& test) { return testing::stresses()[test.param].name; });

TEST(ScreenedRidge, EqualsThePlainSolverForManyShapes) {
  for (int seed = 0; seed < 12; ++seed) {
    Data data;
    data.num_sensors = 1 + seed * 3;
    data.num_words = 260 + seed * 97;
    data.num_targets = 1 + seed * 5;
    data.num_folds = 2 + seed % 4;
    data.make("shape " + std::to_string(seed));
    expect_equal(data, data.plan(seed), seed % 2 == 0 ? 1.0 : 0.1, "seed " + std::to_string(seed));
  }
}

TEST(ScreenedRidge, EstimatesAloneWouldChooseOtherAlphas) {
  Data data;
  data.make("estimates");
  const TrainingPlan plan = data.plan();
  const RowStrata strata = stratify(plan);
  const RidgeInputs inputs(data.x, plan, strata, {data.alphas});
  const RidgeTargets targets(data.y, strata);
  const auto products = multiply(inputs, targets);
  const auto choices =
      choose_alphas(inputs, targets, products, std::vector<int64_t>{0, 1, 2, 3, 4}, {1});
  int64_t different = 0;
  for (std::size_t k = 0; k < 5; ++k) {
    const auto screen =
        screen_alphas(inputs.folds()[k], describe_fold(inputs, k, targets, products));
    for (std::size_t d = 0; d < screen.best.size(); ++d) {
      different += screen.best[d] != choices.folds[k].alpha[d] ? 1 : 0;
    }
  }
  EXPECT_GT(different, 0);
  EXPECT_GT(choices.audit.checked, 0);
  EXPECT_LT(choices.audit.evaluations, choices.audit.decisions * 25);
}

TEST(ScreenedRidge, WordsOfHighLeverageKeepTheirWeight) {
  Data data;
  data.make("leverage");
  data.x.row(100) *= 1000;
  const TrainingPlan plan = data.plan();
  const RowStrata strata = stratify(plan);
  const RidgeInputs inputs(data.x, plan, strata, {data.alphas});
  const auto place = strata.place[100];
  std::size_t s = 0;
  while (strata.rows(s).end <= place) ++s;
  ASSERT_EQ(strata.strata[s].trains[4], 1);

  const float weight =
      inputs.weights(s)(place - strata.rows(s).begin, strata.slot(s, 4) * std::ssize(data.alphas));

  const RecordedInputs& recorded = inputs.recorded();
  const EigenBasis basis = recorded.basis(4, InputScale::kTrain);
  const Eigen::RowVectorXd word = basis.coordinates(recorded.centred.row(place)).row(0);
  const double h =
      1 / basis.count + (word.cwiseAbs2() * penalty_gains(basis.values, inputs.alphas()).col(0))(0);
  EXPECT_GT(h, 0.99);
  EXPECT_NEAR(weight / (1 / ((1 - h) * (1 - h)) - 1), 1, 1e-6 / (1 - h));
}

TEST(ScreenedRidge, NearTiesAreSettledInDouble) {
  Data data;
  data.alphas.clear();
  for (int i = 0; i < 30; ++i) data.alphas.push_back(10 * std::pow(1.00002, i));
  data.make("ties");

  const Solved solved = solve(data.x, data.y, data.plan(), {data.alphas});

  EXPECT_GT(solved.audit.in_double, 0);
  expect_equal(data, data.plan(), 1, "ties");
}

TEST(ScreenedRidge, TargetsDoNotTouchEachOther) {
  Data data;
  data.num_targets = 30;
  data.make("companions");
  const RidgeOptions options{data.alphas};
  const Solved all = solve(data.x, data.y, data.plan(), options);

  const Eigen::MatrixXd some = data.y.middleCols(11, 7);
  const Solved alone = solve(data.x, some, data.plan(), options);

  for (std::size_t k = 0; k < 5; ++k) {
    for (std::size_t d = 0; d < 7; ++d) {
      EXPECT_EQ(alone.folds[k].alpha[d], all.folds[k].alpha[d + 11]);
    }
    const auto& whole = all.folds[k].predicted.front();
    EXPECT_LE((alone.folds[k].predicted.front() - whole.middleCols(11, 7)).cwiseAbs().maxCoeff(),
              1e-6);
  }
}

}  // namespace
}  // namespace lockstep
