#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aligner/ridge/fold_choice.h"
#include "aligner/ridge/solver_audit.h"
#include "aligner/ridge/target_products.h"

namespace lockstep {

/// How the penalties are decided.
struct ScreenRules {
  /// Share of the Cauchy-Schwarz bound within which alphas stay candidates (alpha_screen.h).
  double rho = 1.0;
};

struct AlphaChoices {
  std::vector<FoldChoice> folds;
  SolverAudit audit;
};

/// Chooses every target's penalty in the folds `folds` (all of which test words) by the criterion
/// of the inputs, RidgeOptions::alpha_by, and fits them. The first alpha with the smallest loss is
/// taken, as best_alphas() takes it; ties within 1e-9 of the loss may go either way. `products` are
/// multiply(inputs, targets).
AlphaChoices choose_alphas(const RidgeInputs& inputs,
                           const RidgeTargets& targets,
                           const TargetProducts& products,
                           std::span<const int64_t> folds,
                           const ScreenRules& rules);

}  // namespace lockstep
