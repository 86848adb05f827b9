#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "aligner/ridge/target_products.h"

namespace lockstep {

/// One target with one of its penalties.
struct TargetAlpha {
  Eigen::Index target = 0;
  Eigen::Index alpha = 0;
};

/// Leave-one-out loss of each pair, residual by residual in single precision, summed in double.
Eigen::VectorXd single_precision_loss(const RidgeInputs& inputs,
                                      const FoldInputs& fold,
                                      const RidgeTargets& targets,
                                      const FoldTargets& of_fold,
                                      std::span<const TargetAlpha> pairs);

/// How far single_precision_loss() may be off: 1e-6 of the loss and of what the residuals are
/// differences of.
double single_precision_error(double loss, double weighted_squares);

/// Cross products of some targets with a fold's training words, in double precision: directions x
/// targets.
Eigen::MatrixXd double_precision_cross(const RidgeInputs& inputs,
                                       const FoldInputs& fold,
                                       const RidgeTargets& targets,
                                       std::span<const Eigen::Index> some);

/// Leave-one-out loss of each pair in double precision from double-precision sums; only the excess
/// weights are those of RidgeInputs. `error` bounds what their rounding does.
struct CheckedLoss {
  Eigen::VectorXd loss;
  Eigen::VectorXd error;
};
CheckedLoss double_precision_loss(const RidgeInputs& inputs,
                                  const FoldInputs& fold,
                                  const RidgeTargets& targets,
                                  std::span<const TargetAlpha> pairs);

/// leave_one_out_loss() of some targets, everything in double precision: alphas x targets.
Eigen::MatrixXd full_loss(const RidgeInputs& inputs,
                          const FoldInputs& fold,
                          const RidgeTargets& targets,
                          std::span<const Eigen::Index> some);

}  // namespace lockstep
