#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

#include "aligner/ridge/alpha_choices.h"
#include "aligner/ridge/target_products.h"

namespace lockstep {

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
AlphaChoices choose_by_leave_one_out(const RidgeInputs& inputs,
                                     const RidgeTargets& targets,
                                     const TargetProducts& products,
                                     std::span<const int64_t> folds,
                                     const ScreenRules& rules);

}  // namespace lockstep
