// A penalty for each band of inputs, against refitting with every candidate.
#include "aligner/ridge/banded_ridge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/ridge/dual_coordinates.h"
#include "tests/aligner/ridge/ridge_data.h"
#include "tests/oracles/ridge_by_refitting.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::plan_of;
using testing::random_rows;

/// Two bands: the first explains targets 0 and 1, the second, in other units, target 1 and 2.
struct Banded {
  InputRows x = random_rows(80, 9, "inputs");
  Eigen::MatrixXd y = random_rows(80, 4, "noise");
  std::vector<Eigen::Index> band = {0, 0, 0, 1, 1, 1, 1, 1, 1};
  std::vector<int64_t> block;
  RidgeOptions options{{0.1, 1, 10, 100, 1000}, AlphaBy::kBlock, InputScale::kTrain};

  Banded() {
    y.col(0) += 2 * x.col(0) - x.col(1);
    y.col(1) += x.col(2) + x.col(4);
    y.col(2) += 3 * x.rightCols(6).rowwise().sum();
    x.rightCols(6) *= 1e-4;
    x.col(3).array() += 7;
    for (int64_t row = 0; row < 80; ++row) block.push_back(row / 20);
  }
};

std::vector<int64_t> rows_where(const std::vector<int64_t>& block, auto wanted) {
  std::vector<int64_t> rows;
  for (std::size_t row = 0; row < block.size(); ++row) {
    if (wanted(block[row])) rows.push_back(static_cast<int64_t>(row));
  }
  return rows;
}

TEST(BandedRidge, ChoosesAndPredictsAsRefittingWithEveryCandidate) {
  const Banded data;
  const TrainingPlan plan = plan_of(data.block, 4);
  const BandedRidge ridge(data.x, data.band, plan, data.options);
  const BandWeights all = parse_bands("grid:3", 2, 0);

  for (const BandWeights& weights : {all, without_band(all, 0), without_band(all, 1)}) {
    for (int64_t fold = 0; fold < 4; ++fold) {
      const BandedFit found = ridge.fit(fold, ridge.cross(data.y), weights);

      const auto train = rows_where(data.block, [&](int64_t b) { return b != fold; });
      const auto test = rows_where(data.block, [&](int64_t b) { return b == fold; });
      std::vector<std::vector<int64_t>> groups;
      for (int64_t block = 0; block < 4; ++block) {
        if (block != fold) {
          groups.push_back(rows_where(data.block, [&](int64_t b) { return b == block; }));
        }
      }
      const Eigen::VectorXd scale = testing::inverse_deviations(data.x, train);
      for (Eigen::Index target = 0; target < 4; ++target) {
        double smallest = INFINITY, alpha = 0;
        Eigen::Index chosen = -1;
        Eigen::MatrixXd predicted;
        for (Eigen::Index c = 0; c < weights.rows(); ++c) {
          Eigen::VectorXd weighted = scale;
          for (Eigen::Index i = 0; i < 9; ++i) {
            weighted[i] *= std::sqrt(weights(c, data.band[static_cast<std::size_t>(i)]));
          }
          const Eigen::MatrixXd loss = testing::left_out_loss(
              data.x, data.y.col(target), groups, weighted, data.options.alphas);
          Eigen::Index best = 0;
          if (const double value = loss.col(0).minCoeff(&best); value < smallest) {
            smallest = value;
            chosen = c;
            alpha = data.options.alphas[static_cast<std::size_t>(best)];
            predicted =
                testing::ridge_predict(data.x, data.y.col(target), train, test, weighted, alpha);
          }
        }
        EXPECT_EQ(found.candidate[static_cast<std::size_t>(target)], chosen) << target;
        EXPECT_EQ(found.fit.alpha[static_cast<std::size_t>(target)], alpha) << target;
        EXPECT_LT((found.fit.predicted[0].col(target) - predicted).cwiseAbs().maxCoeff(), 1e-9)
            << "fold " << fold << " target " << target;
      }
    }
  }
}

TEST(BandedRidge, EqualWeightsAreRidgeWithoutBands) {
  const Banded data;
  const TrainingPlan plan = plan_of(data.block, 4);
  const BandedRidge banded(data.x, data.band, plan, data.options);
  const RidgeCv plain(data.x, plan, data.options);

  const BandedFit found = banded.fit(2, banded.cross(data.y), BandWeights::Ones(1, 2));
  const FoldFit expected = plain.fit(2, data.y, plain.cross(data.y));

  EXPECT_EQ(found.fit.alpha, expected.alpha);
  EXPECT_LT((found.fit.predicted[0] - expected.predicted[0]).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(BandWeights, BeginWithEqualOnesAndHaveMeanOne) {
  const BandWeights random = parse_bands("random:5", 3, 1);
  const BandWeights grid = parse_bands("grid:3", 2, 1);

  EXPECT_EQ(random.rows(), 6);
  EXPECT_TRUE(random.row(0).isOnes());
  EXPECT_LT((random.rowwise().mean().array() - 1).abs().maxCoeff(), 1e-12);
  EXPECT_GT(random.minCoeff(), 0);
  EXPECT_EQ(parse_bands("random:5", 3, 1), random);
  EXPECT_NE(parse_bands("random:5", 3, 2), random);
  EXPECT_EQ(parse_bands("random:7", 3, 1).topRows(6), random);
  // Ratios 1, 100 and 10,000, both ways.
  ASSERT_EQ(grid.rows(), 5);
  std::vector<double> ratios;
  for (Eigen::Index i = 0; i < 5; ++i) ratios.push_back(std::log10(grid(i, 0) / grid(i, 1)));
  std::sort(ratios.begin(), ratios.end());
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(ratios[i], -4 + 2 * static_cast<double>(i), 1e-9) << i;
  }
}

TEST(BandWeights, WithoutABandKeepTheMeanOfTheOthers) {
  const BandWeights grid = parse_bands("grid:2", 3, 0);

  const BandWeights rest = without_band(grid, 1);

  EXPECT_TRUE(rest.col(1).isZero());
  EXPECT_LT(((rest.col(0) + rest.col(2)) / 2 - Eigen::VectorXd::Ones(rest.rows())).norm(), 1e-12);
  EXPECT_EQ(rest.rows(), 3);  // equal, and one or the other a hundred times smaller
}

TEST(BandWeights, RefuseOtherSearches) {
  for (const std::string bad :
       {"", "random", "random:0", "grid:1", "all:3", "random:2x", "grid:"}) {
    EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { parse_bands(bad, 2, 0); }),
                      "--bands " + bad + ": wanted random:N"));
  }
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { parse_bands("grid:10", 9, 0); }),
                    "sets of weights of 9 bands; wanted at most 10000"));
}

TEST(DualCoordinates, GiveTheRidgeOfAllInputs) {
  const InputRows x =
      random_rows(40, 90, "wide") * Eigen::VectorXd::LinSpaced(90, 1e-6, 3).asDiagonal();
  const Eigen::MatrixXd y = random_rows(40, 3, "targets");
  std::vector<int64_t> fold;
  for (int64_t row = 0; row < 40; ++row) fold.push_back(row / 10);
  const TrainingPlan plan = plan_of(fold, 4);
  std::vector<int64_t> all_rows;
  for (int64_t row = 0; row < 40; ++row) all_rows.push_back(row);

  for (const InputScale scale : {InputScale::kTrain, InputScale::kAll, InputScale::kNone}) {
    const InputRows z = dual_coordinates(x, plan, 1, scale);

    const auto train = rows_where(fold, [](int64_t f) { return f != 1; });
    const auto test = rows_where(fold, [](int64_t f) { return f == 1; });
    const Eigen::VectorXd factor =
        scale == InputScale::kTrain ? testing::inverse_deviations(x, train)
        : scale == InputScale::kAll ? testing::inverse_deviations(x, all_rows)
                                    : Eigen::VectorXd::Ones(90);
    EXPECT_EQ(z.cols(), 29);  // 30 training words, their mean taken off
    for (const double alpha : {1e-2, 1.0, 1e3}) {
      const Eigen::MatrixXd expected = testing::ridge_predict(x, y, train, test, factor, alpha);
      const Eigen::MatrixXd found =
          testing::ridge_predict(z, y, train, test, Eigen::VectorXd::Ones(z.cols()), alpha);
      EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-9) << alpha;
    }
  }
}

}  // namespace
}  // namespace lockstep
