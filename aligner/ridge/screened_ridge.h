#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "aligner/ridge/ridge_inputs.h"
#include "aligner/ridge/ridge_targets.h"
#include "aligner/ridge/solver_audit.h"
#include "aligner/ridge/target_products.h"

namespace lockstep {

/// How the penalties are decided.
struct ScreenRules {
  /// Share of the Cauchy-Schwarz bound within which alphas stay candidates (alpha_screen.h).
  double rho = 1.0;
};

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

struct AlphaChoices {
  std::vector<FoldChoice> folds;
  SolverAudit audit;
};

/// `products` are multiply(inputs, targets).
///
/// Chooses every target's penalty by leave-one-out in the folds `folds` (all of which test words):
/// the first alpha with the smallest loss, as leave_one_out_loss() and best_alphas() give it, ties
/// within 1e-9 of the loss apart.
///
/// Three steps. Losses are estimated from sums with a bound on the error (alpha_screen.h); for
/// alphas that may be the best within the bound what the estimate neglects is evaluated residual by
/// residual in single precision; targets that are still too close to call are evaluated in double
/// precision. Every evaluation shows by how much its estimate was off: where that is more than half
/// the bound, the bound is widened and the candidates are looked for again.
AlphaChoices choose_alphas(const RidgeInputs& inputs,
                           const RidgeTargets& targets,
                           const TargetProducts& products,
                           std::span<const int64_t> folds,
                           const ScreenRules& rules);

/// The predictions of a choice for the words at some places of the strata: places x targets.
Eigen::MatrixXd predict_places(const RidgeInputs& inputs,
                               const RowRange& places,
                               const FoldChoice& choice);

/// The predictions for the test blocks of a fold. `loss` stays empty.
FoldFit predict(const RidgeInputs& inputs, const TrainingPlan& plan, const FoldChoice& choice);

}  // namespace lockstep
