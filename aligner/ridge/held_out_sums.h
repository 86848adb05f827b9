#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/fold_choice.h"
#include "base/schemas/scores_file.h"

namespace lockstep {

/// targets x sums, in the order of ScoreSum.
using HeldOutSums =
    Eigen::Matrix<double, Eigen::Dynamic, static_cast<int>(kNumScoreSums), Eigen::RowMajor>;

/// Sums over the words of each test block of the fold, in the order of TrainingPlan::test_blocks():
/// of y, y^2, y^, y^^2, y y^ and 1, y^ the predicted values. Where a block has as many words as
/// there are sensors they follow from the block's X'X and X'Y, without predicting a word.
/// `products` are those of the same inputs and targets.
std::vector<HeldOutSums> held_out_sums(const RidgeInputs& inputs,
                                       const RidgeTargets& targets,
                                       const TargetProducts& products,
                                       const TrainingPlan& plan,
                                       const FoldChoice& choice);

}  // namespace lockstep
