#include "aligner/ridge/held_out_sums.h"

#include <gtest/gtest.h>

#include "tests/aligner/ridge/ridge_stress.h"

namespace lockstep {
namespace {

using testing::Data;

TEST(HeldOutSums, AreThoseOfThePredictions) {
  Data data;
  data.make("held out");
  data.x.col(5).setConstant(3);
  for (const int64_t embargo : {0, 7, 60}) {
    const TrainingPlan plan = data.plan(embargo);
    const RowStrata strata = stratify(plan);
    const RidgeInputs inputs(data.x, plan, strata, {data.alphas});
    const RidgeTargets targets(data.y, strata);
    const auto products = multiply(inputs, targets);
    const std::vector<int64_t> folds = {0, 1, 2, 3, 4};
    for (const auto& choice : choose_alphas(inputs, targets, products, folds, {1}).folds) {
      ASSERT_TRUE(choice.of_white);

      const auto sums = held_out_sums(inputs, targets, products, plan, choice);

      const FoldFit fit = predict(inputs, plan, choice);
      const auto blocks = plan.test_blocks(choice.fold);
      ASSERT_EQ(sums.size(), blocks.size());
      for (std::size_t b = 0; b < blocks.size(); ++b) {
        const auto y = targets.values(strata, plan.block_rows[static_cast<std::size_t>(blocks[b])]);
        const Eigen::MatrixXd& p = fit.predicted[b];
        HeldOutSums expected(y.cols(), static_cast<int>(kNumScoreSums));
        expected << y.colwise().sum().transpose(), y.colwise().squaredNorm().transpose(),
            p.colwise().sum().transpose(), p.colwise().squaredNorm().transpose(),
            y.cwiseProduct(p).colwise().sum().transpose(),
            Eigen::VectorXd::Constant(y.cols(), static_cast<double>(y.rows()));
        const Eigen::VectorXd size = expected.cwiseAbs().rowwise().maxCoeff();
        EXPECT_LE(((sums[b] - expected).array().colwise() / size.array()).abs().maxCoeff(), 1e-6)
            << "embargo " << embargo << " fold " << choice.fold;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
