#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "aligner/ridge/ridge_inputs.h"
#include "aligner/ridge/ridge_targets.h"

namespace lockstep {

/// The products of inputs and targets at one time that run over all words: single precision, summed
/// in double every few hundred words.
struct TargetProducts {
  std::vector<Eigen::MatrixXd> cross;  ///< by stratum: whitened sensors x targets, sum of w y'
  /// By place in RidgeInputs::folds(), alphas x targets: sums of omega y and omega y^2 over the
  /// training words, omega the excess weight. Empty with one alpha.
  std::vector<Eigen::MatrixXd> weighted_sum;
  std::vector<Eigen::MatrixXd> weighted_squares;
};

TargetProducts multiply(const RidgeInputs& inputs, const RidgeTargets& targets);

/// A fold's training words against the targets, in the coordinates of the fold.
struct FoldTargets {
  Eigen::VectorXd mean;     ///< targets
  Eigen::VectorXd squares;  ///< targets: sum (y - mean)^2
  Eigen::MatrixXd cross;    ///< directions x targets: z = sum of coordinates times y - mean
  Eigen::MatrixXd weighted_squares;  ///< alphas x targets: sum omega (y - mean)^2
};

FoldTargets describe_fold(const RidgeInputs& inputs,
                          std::size_t fold,
                          const RidgeTargets& targets,
                          const TargetProducts& products);

}  // namespace lockstep
