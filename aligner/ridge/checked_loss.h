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

/// Pairs of a fold that are to be evaluated.
struct FoldPairs {
  const FoldInputs& inputs;
  const FoldTargets& targets;
  std::vector<TargetAlpha> pairs;
};

/// sum omega e^2 over the training words, omega the excess weight and e the residual of a word:
/// what the leave-one-out loss has beyond the residual sum of squares. By fold, by pair. Residual
/// by residual in single precision, summed in double; all folds in one pass over the words.
std::vector<Eigen::VectorXd> weighted_residuals(const RidgeInputs& inputs,
                                                const RidgeTargets& targets,
                                                std::span<const FoldPairs> folds);

/// leave_one_out_loss() of some targets of a fold from the inputs as recorded, everything in double
/// precision: alphas x targets.
Eigen::MatrixXd full_loss(const RidgeInputs& inputs,
                          int64_t fold,
                          const RidgeTargets& targets,
                          std::span<const Eigen::Index> some);

/// generalised_loss() of a fold from the inputs as recorded: alphas x targets.
Eigen::MatrixXd full_generalised_loss(const RidgeInputs& inputs,
                                      int64_t fold,
                                      const RidgeTargets& targets);

/// held_out_block_loss() of some targets of a fold from the inputs as recorded, everything in
/// double precision: alphas x targets.
Eigen::MatrixXd full_block_loss(const RidgeInputs& inputs,
                                int64_t fold,
                                const RidgeTargets& targets,
                                std::span<const Eigen::Index> some);

/// Coefficients of recorded sensors (offset taken off) for a penalty a target, everything in double
/// precision: sensors x targets; and the prediction where all sensors are at their offset.
struct FullFit {
  Eigen::MatrixXd coefficients;
  Eigen::RowVectorXd constant;
};
FullFit full_fit(const RidgeInputs& inputs,
                 int64_t fold,
                 const RidgeTargets& targets,
                 std::span<const Eigen::Index> alpha);

}  // namespace lockstep
