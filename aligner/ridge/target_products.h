#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/ridge_inputs.h"
#include "aligner/ridge/ridge_targets.h"

namespace lockstep {

/// The products of inputs and targets at one time that run over all words: single precision, summed
/// in double every few hundred words.
struct TargetProducts {
  /// By part of RidgeInputs: whitened sensors x targets, sum of w y'.
  std::vector<Eigen::MatrixXd> cross;
  /// By place in RidgeInputs::folds(), alphas x targets: sum of omega y^2 over the training words,
  /// omega the excess weight. Empty with one alpha.
  std::vector<Eigen::MatrixXd> weighted_squares;
};

/// Folds that are not FoldInputs::single need none: without any that is, the products are empty.
TargetProducts multiply(const RidgeInputs& inputs, const RidgeTargets& targets);

/// A fold's training words against the targets, in the coordinates of the fold.
struct FoldTargets {
  Eigen::VectorXd mean;     ///< targets
  Eigen::VectorXd squares;  ///< targets: sum (y - mean)^2
  Eigen::MatrixXd cross;    ///< directions x targets: z = sum of coordinates times y - mean
  /// alphas x targets: sum omega (y - mean)^2, as far as omega and y are not correlated: what is
  /// left out is 2 mean sum (omega - mean omega) (y - mean).
  Eigen::MatrixXd weighted_squares;
};

/// Of a fold that is not `single` the mean alone.
FoldTargets describe_fold(const RidgeInputs& inputs,
                          std::size_t fold,
                          const RidgeTargets& targets,
                          const TargetProducts& products);

}  // namespace lockstep
