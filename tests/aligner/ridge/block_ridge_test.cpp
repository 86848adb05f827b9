// Alphas over held-out blocks by sums against the plain float64 solver and a loop of fits.
#include "aligner/ridge/block_ridge.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/aligner/ridge/ridge_stress.h"

namespace lockstep {
namespace {

using testing::Data;
using testing::expect_equal;
using testing::solve;
using testing::Solved;

class BlocksAgainstPlain : public ::testing::TestWithParam<std::size_t> {};

TEST_P(BlocksAgainstPlain, SameAlphasAndPredictions) {
  const testing::Stress& stress = testing::stresses()[GetParam()];
  Data data;
  data.alpha_by = AlphaBy::kBlock;
  data.blocks_a_fold = 3;
  data.make(stress.name);
  stress.change(data);

  expect_equal(data, data.plan(stress.name == "few_words" ? 2 : 7), 1, stress.name);
}

INSTANTIATE_TEST_SUITE_P(Stress,
                         BlocksAgainstPlain,
                         ::testing::Range<std::size_t>(0, testing::stresses().size()),
                         [](const auto& test) { return testing::stresses()[test.param].name; });

TEST(BlockRidge, EqualsThePlainSolverForManyShapes) {
  for (int seed = 0; seed < 8; ++seed) {
    Data data;
    data.alpha_by = AlphaBy::kBlock;
    data.num_sensors = 1 + seed * 5;
    data.num_words = 1000 + seed * 97;
    data.num_targets = 1 + seed * 5;
    data.num_folds = 2 + seed % 4;
    data.blocks_a_fold = 1 + seed;
    if (data.num_folds * data.blocks_a_fold - data.blocks_a_fold < 2) data.blocks_a_fold = 2;
    data.make("blocks " + std::to_string(seed));
    expect_equal(data, data.plan(seed), 1, "seed " + std::to_string(seed));
  }
}

TEST(BlockRidge, ChoosesWhatALoopOfFitsChooses) {
  Data data;
  data.alpha_by = AlphaBy::kBlock;
  data.num_sensors = 6;
  data.num_targets = 5;
  data.num_folds = 3;
  data.blocks_a_fold = 2;
  data.num_words = 1000;
  data.make("loop");
  const TrainingPlan plan = data.plan(4);

  const Solved solved = solve(data.x, data.y, plan, data.options());

  EXPECT_EQ(solved.audit.in_double, 0);  // or the losses of sums were not put to the test
  for (int64_t fold = 0; fold < 3; ++fold) {
    std::vector<int64_t> training;
    std::vector<std::vector<int64_t>> blocks;
    for (const auto& range : plan.training_rows(fold)) {
      for (int64_t row = range.begin; row < range.end; ++row) training.push_back(row);
    }
    for (const int64_t block : plan.training_blocks(fold)) {
      const auto& rows = plan.block_rows[static_cast<std::size_t>(block)];
      auto& own = blocks.emplace_back();
      for (const auto row : training) {
        if (rows.begin <= row && row < rows.end) own.push_back(row);
      }
    }
    const Eigen::MatrixXd loss = testing::left_out_loss(
        data.x, data.y, blocks, testing::inverse_deviations(data.x, training), data.alphas);
    for (Eigen::Index d = 0; d < loss.cols(); ++d) {
      Eigen::Index best = 0;
      loss.col(d).minCoeff(&best);
      EXPECT_EQ(solved.folds[static_cast<std::size_t>(fold)].alpha[static_cast<std::size_t>(d)],
                data.alphas[static_cast<std::size_t>(best)])
          << "fold " << fold << " target " << d;
    }
  }
}

TEST(BlockRidge, SetsDoNotTouchEachOther) {
  Data data;
  data.alpha_by = AlphaBy::kBlock;
  data.blocks_a_fold = 2;
  data.make("sets");
  const TrainingPlan plan = data.plan();
  const RowStrata strata = stratify(plan);
  const RidgeInputs inputs(data.x, plan, strata, data.options());
  const RidgeTargets first(data.y.leftCols(9), strata);
  const RidgeTargets second(data.y.rightCols(11), strata);
  const auto first_products = multiply(inputs, first);
  const auto second_products = multiply(inputs, second);
  const std::vector<int64_t> folds = {1, 3};

  const std::vector<TargetSet> sets = {{first, first_products}, {second, second_products}};
  const auto both = choose_by_blocks(inputs, sets, folds);

  ASSERT_EQ(both.size(), 2u);
  const auto alone = choose_alphas(inputs, second, second_products, folds, {});
  for (std::size_t f = 0; f < 2; ++f) {
    EXPECT_EQ(both[1].folds[f].fold, folds[f]);
    EXPECT_EQ(both[1].folds[f].alpha, alone.folds[f].alpha);
    EXPECT_EQ(both[1].folds[f].coefficients, alone.folds[f].coefficients);
  }
}

}  // namespace
}  // namespace lockstep
