#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "aligner/ridge/ridge_inputs.h"
#include "aligner/ridge/ridge_targets.h"
#include "aligner/ridge/target_products.h"

namespace lockstep {

/// The penalties and coefficients of a fold.
struct FoldChoice {
  int64_t fold = 0;
  std::vector<Eigen::Index> alpha;  ///< by target, of the grid
  /// Whether coefficients are of whitened sensors, to be applied in single precision, or of
  /// recorded sensors (their offset taken off) in double precision (FoldInputs::single).
  bool of_white = true;
  Eigen::MatrixXd coefficients;  ///< sensors x targets
  Eigen::RowVectorXd constant;   ///< by target: the prediction where all inputs are 0
};

/// Fits the fold with these penalties. `of_fold` is describe_fold() of it.
FoldChoice fit_choice(const RidgeInputs& inputs,
                      const FoldInputs& fold,
                      const RidgeTargets& targets,
                      const FoldTargets& of_fold,
                      std::vector<Eigen::Index> alpha);

/// The predictions of a choice for the words at some places of the strata: places x targets.
Eigen::MatrixXd predict_places(const RidgeInputs& inputs,
                               const RowRange& places,
                               const FoldChoice& choice);

/// The predictions for the test blocks of a fold. `loss` stays empty.
FoldFit predict(const RidgeInputs& inputs, const TrainingPlan& plan, const FoldChoice& choice);

}  // namespace lockstep
