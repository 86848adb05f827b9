#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "base/schemas/scores_file.h"

namespace lockstep {

/// targets x sums, in the order of ScoreSum.
using ScoreSums =
    Eigen::Matrix<double, Eigen::Dynamic, static_cast<int>(kNumScoreSums), Eigen::RowMajor>;

/// Sums over the words of a block. `observed` and `predicted` are words x targets. Predictions
/// carry their intercept, so R^2 and correlations over several folds follow from the sums as well.
ScoreSums block_sums(const Eigen::Ref<const Eigen::MatrixXd>& observed,
                     const Eigen::Ref<const Eigen::MatrixXd>& predicted);

/// Pearson correlation of each target. NaN with fewer than two words, or where observed or
/// predicted values vary so little beside their mean (variance below 1e-12 of the mean square) that
/// float64 sums say nothing.
Eigen::VectorXd correlations(const ScoreSums& sums);

/// Mean of the values that are not NaN; NaN if there is none.
double mean_of_defined(const Eigen::Ref<const Eigen::MatrixXd>& values);

}  // namespace lockstep
