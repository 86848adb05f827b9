#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/moments.h"

namespace lockstep {

/// The dual side of a regression on more inputs than training words (Saunders, Gammerman and Vovk
/// 1998, "Ridge regression learning algorithm in dual variables").
///
/// Penalised coefficients are combinations of the training words, so a word counts only through its
/// products with them. With K = X X' = U diag(values) U' over the centred training words, the
/// coordinates K(word, training) U / sqrt(values) have the same products: at most as many as there
/// are training words, and ridge regression on them is that on all inputs, penalty by penalty.
///
/// `x` is rows of the plan x inputs. Gives rows x coordinates for one fold, its inputs scaled as
/// `scale` says and centred at its mean training word: fit them without a scale of their own.
/// Directions whose value is rounding noise beside the largest are left out.
InputRows dual_coordinates(const InputRows& x,
                           const TrainingPlan& plan,
                           int64_t fold,
                           InputScale scale);

}  // namespace lockstep
