#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/target_products.h"

namespace lockstep {

using Candidates = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>;

/// The leave-one-out loss of a fold as far as sums tell it, alphas x targets.
///
/// With residual e = y - y^ and excess weights omega,
///   sum (1 + omega) e^2 = RSS + sum omega y^2 + sum omega (y^^2 - 2 y y^).
/// RSS and, but for the mean nu of y, the second term are exact; in the third omega is replaced by
/// its mean, and sum (y^^2 - 2 y y^) = -(|y|^2 - RSS). What is neglected has mean zero; how far a
/// difference of two losses can be off is, by Cauchy and Schwarz, rho times
///   (2 |y| + |y^_a|) (sd(omega_a - omega_b) |y^_a| + sd(omega_b) |y^_a - y^_b|)
///     + 2 |nu| sqrt(N) |y| sd(omega_a - omega_b),
/// b the best alpha and rho the correlation, over words, of the neglected weights with y y^.
struct AlphaScreen {
  Eigen::MatrixXd loss;            ///< estimate
  std::vector<Eigen::Index> best;  ///< by target: the first smallest estimate
  Eigen::MatrixXd reach;           ///< the bound above for rho = 1, against `best`
  Eigen::MatrixXd noise;           ///< what single precision may add to the difference to `best`
  Eigen::MatrixXd residual;        ///< RSS
  Eigen::MatrixXd residual_error;  ///< bound on what single precision does to `residual`

  /// Alphas that may be the best of their target if the correlation is at most `rho`: none where
  /// only one may.
  Candidates candidates(double rho) const;
};

AlphaScreen screen_alphas(const FoldInputs& inputs, const FoldTargets& targets);

}  // namespace lockstep
