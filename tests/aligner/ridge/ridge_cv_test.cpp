#include "aligner/ridge/ridge_cv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/aligner/ridge/ridge_data.h"
#include "tests/oracles/ridge_by_refitting.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::Golden;
using testing::holds;
using testing::message_of;
using testing::plan_of;
using testing::random_rows;
using testing::read_golden;
using testing::scale_of;

class AgainstScikitLearn : public ::testing::TestWithParam<const char*> {};

TEST_P(AgainstScikitLearn, ChoosesTheSameAlphasAndPredictsTheSame) {
  const Golden golden = read_golden(GetParam());
  const TrainingPlan plan = plan_of(golden.fold, golden.alpha.rows());

  const RidgeCv ridge(golden.x, plan, {golden.alphas, AlphaBy::kLeaveOneOut, scale_of(GetParam())});

  const auto cross = ridge.cross(golden.y);
  for (Eigen::Index k = 0; k < golden.alpha.rows(); ++k) {
    const FoldFit fit = ridge.fit(k, golden.y, cross);
    const auto& range = plan.block_rows[static_cast<std::size_t>(k)];
    for (Eigen::Index d = 0; d < golden.y.cols(); ++d) {
      const std::string where = "fold " + std::to_string(k) + " target " + std::to_string(d);
      EXPECT_NEAR(fit.alpha[static_cast<std::size_t>(d)] / golden.alpha(k, d), 1, 1e-12) << where;
      const double loss = fit.loss.col(d).minCoeff() / static_cast<double>(plan.num_training(k));
      EXPECT_NEAR(loss, golden.loss(k, d), 1e-8 * golden.loss(k, d)) << where;
      if (std::isnan(golden.r(k, d))) continue;
      const double r = testing::pearson(golden.y.col(d).segment(range.begin, range.size()),
                                        fit.predicted.front().col(d));
      EXPECT_NEAR(r, golden.r(k, d), 1e-6) << where;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures,
                         AgainstScikitLearn,
                         ::testing::ValuesIn(testing::kGoldenNames),
                         [](const auto& test) { return std::string(test.param); });

/// 40 rows in four blocks, folds {0}, {1, 2}, {3}; some training rows next to a border are left
/// out.
struct SmallCase {
  InputRows x = random_rows(40, 5, "inputs");
  Eigen::MatrixXd y;
  std::vector<int64_t> block, block_fold = {0, 1, 1, 2};
  std::vector<uint8_t> trains;
  TrainingPlan plan;
  std::vector<double> alphas = {0.01, 1, 30, 1000};

  SmallCase() {
    y = random_rows(40, 3, "noise");
    y.col(0) += x.col(0);
    y.col(1) += 0.3 * x.col(1);
    for (int64_t row = 0; row < 40; ++row)
      block.push_back(row < 9 ? 0 : row < 22 ? 1 : row < 29 ? 2 : 3);
    for (int64_t row = 0; row < 40; ++row) {
      for (int64_t k = 0; k < 3; ++k) {
        const bool tests =
            block_fold[static_cast<std::size_t>(block[static_cast<std::size_t>(row)])] == k;
        const bool near = (k == 0 && row < 12) || (k == 1 && row > 6 && row < 31);
        trains.push_back(tests || near ? 0 : 1);
      }
    }
    plan = make_training_plan(block, block_fold, trains, 3);
  }

  std::vector<int64_t> training(int64_t fold) const {
    std::vector<int64_t> rows;
    for (int64_t row = 0; row < 40; ++row) {
      if (trains[static_cast<std::size_t>(row * 3 + fold)] != 0) rows.push_back(row);
    }
    return rows;
  }
  /// The training rows of a fold, each alone or block by block.
  std::vector<std::vector<int64_t>> left_out(int64_t fold, AlphaBy by) const {
    std::vector<std::vector<int64_t>> groups;
    int64_t last = -1;
    for (const int64_t row : training(fold)) {
      const int64_t own = block[static_cast<std::size_t>(row)];
      if (by == AlphaBy::kLeaveOneOut || own != last) groups.emplace_back();
      groups.back().push_back(row);
      last = own;
    }
    return groups;
  }
};

class AgainstRefitting : public ::testing::TestWithParam<AlphaBy> {};

TEST_P(AgainstRefitting, LossIsThatOfALoopOfFits) {
  const SmallCase small;
  const RidgeCv ridge(small.x, small.plan, {small.alphas, GetParam(), InputScale::kTrain});
  const auto cross = ridge.cross(small.y);

  for (int64_t fold = 0; fold < 3; ++fold) {
    const FoldFit fit = ridge.fit(fold, small.y, cross);
    const Eigen::VectorXd scale = testing::inverse_deviations(small.x, small.training(fold));
    const Eigen::MatrixXd loss = testing::left_out_loss(
        small.x, small.y, small.left_out(fold, GetParam()), scale, small.alphas);
    EXPECT_LE((fit.loss - loss).cwiseAbs().maxCoeff(), 1e-10 * loss.maxCoeff()) << "fold " << fold;
    for (std::size_t d = 0; d < fit.alpha.size(); ++d) {
      Eigen::Index best = 0;
      loss.col(static_cast<Eigen::Index>(d)).minCoeff(&best);
      EXPECT_EQ(fit.alpha[d], small.alphas[static_cast<std::size_t>(best)])
          << "fold " << fold << " target " << d;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Criteria,
                         AgainstRefitting,
                         ::testing::Values(AlphaBy::kLeaveOneOut, AlphaBy::kBlock));

TEST(RidgeCv, PredictsEveryTestBlockFromTheTrainingRowsAlone) {
  const SmallCase small;
  const RidgeCv ridge(small.x, small.plan, {{3.5}, AlphaBy::kLeaveOneOut, InputScale::kTrain});

  const FoldFit fit = ridge.fit(1, small.y, ridge.cross(small.y));

  ASSERT_EQ(fit.predicted.size(), 2u);
  EXPECT_EQ(fit.loss.size(), 0);
  std::vector<int64_t> test;
  for (int64_t row = 22; row < 29; ++row) test.push_back(row);
  const auto training = small.training(1);
  const Eigen::MatrixXd expected = testing::ridge_predict(
      small.x, small.y, training, test, testing::inverse_deviations(small.x, training), 3.5);
  EXPECT_LE((fit.predicted[1] - expected).cwiseAbs().maxCoeff(), 1e-11);
}

TEST(RidgeCv, DoesNotDependOnTheOrderOfTargets) {
  const int64_t num_targets = 75;  // more than two tiles
  const SmallCase small;
  Eigen::MatrixXd y = random_rows(40, num_targets, "many targets");
  const Eigen::MatrixXd reversed = y.rowwise().reverse();
  const RidgeCv ridge(small.x, small.plan, {small.alphas});

  const FoldFit fit = ridge.fit(0, y, ridge.cross(y));
  const FoldFit turned = ridge.fit(0, reversed, ridge.cross(reversed));

  EXPECT_LE((fit.loss.rowwise().reverse() - turned.loss).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_EQ(fit.alpha, std::vector<double>(turned.alpha.rbegin(), turned.alpha.rend()));
}

TEST(RidgeCv, DoesNotDependOnTheOrderOfWordsInABlock) {
  SmallCase small;
  const RidgeCv ridge(small.x, small.plan, {small.alphas});
  const FoldFit fit = ridge.fit(2, small.y, ridge.cross(small.y));
  small.x.row(10).swap(small.x.row(20));  // rows 10 and 20 lie in block 1, trained on by fold 2
  small.y.row(10).swap(small.y.row(20));

  const RidgeCv other(small.x, small.plan, {small.alphas});
  const FoldFit swapped = other.fit(2, small.y, other.cross(small.y));

  EXPECT_LE((fit.loss - swapped.loss).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_LE((fit.predicted[0] - swapped.predicted[0]).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(RidgeCv, TestWordsDoNotTouchTheFit) {
  SmallCase small;
  const RidgeCv ridge(small.x, small.plan, {small.alphas});
  const FoldFit fit = ridge.fit(2, small.y, ridge.cross(small.y));
  small.y.bottomRows(11).setConstant(1e3);  // block 3, which fold 2 tests

  const FoldFit after = ridge.fit(2, small.y, ridge.cross(small.y));

  EXPECT_LE((fit.predicted[0] - after.predicted[0]).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(InverseDeviation, OfASensorThatIsConstantAmongTheseWordsAloneIsOne) {
  InputRows x = random_rows(1000, 4, "parts");
  for (const double value : {-2.0, 0.1, 1e-13, 7e5}) {
    x.col(1).tail(800).setConstant(value);
    const Eigen::VectorXd offset = x.colwise().mean().transpose();
    const InputRows centred = x.rowwise() - offset.transpose();
    const std::vector<TrainingCell> rest = {{0, {1}, {{200, 1000}}}};

    const auto scale = inverse_deviation(input_moments(centred, rest).front(), offset);

    EXPECT_EQ(scale[1], 1) << value;
    EXPECT_NEAR(scale[0], 1, 0.1) << value;
  }
}

TEST(BestAlphas, TakesTheFirstOfEqualLosses) {
  Eigen::MatrixXd loss(3, 2);
  loss << 2, 1, 1, 1, 1, 5;

  EXPECT_EQ(best_alphas(loss), (std::vector<Eigen::Index>{1, 0}));
}

TEST(CheckTrainingPlan, NamesTheFoldThatHasTooFewTrainingWords) {
  const std::vector<int64_t> block = {0, 0, 0, 1, 1};
  const TrainingPlan plan = make_training_plan(
      block, std::vector<int64_t>{0, 1}, std::vector<uint8_t>{0, 1, 0, 1, 0, 1, 1, 0, 1, 0}, 2);

  const auto message =
      message_of(Blame::kData, [&] { check_training_plan(plan, {{1.0}}, "sub-001"); });

  EXPECT_TRUE(holds(message, "sub-001: fold 0 trains on 2 words; wanted 3 or more"));
}

TEST(CheckTrainingPlan, NamesTheFoldThatTrainsOnOneBlock) {
  const std::vector<int64_t> block = {0, 0, 0, 1, 1, 1};
  const TrainingPlan plan =
      make_training_plan(block,
                         std::vector<int64_t>{0, 1},
                         std::vector<uint8_t>{0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0},
                         2);
  const RidgeOptions options{{0.1, 1}, AlphaBy::kBlock};

  const auto message =
      message_of(Blame::kData, [&] { check_training_plan(plan, options, "sub-002"); });

  EXPECT_TRUE(holds(message, "sub-002: fold 0 trains on 1 block; --alpha-by block wants 2"));
}

}  // namespace
}  // namespace lockstep
