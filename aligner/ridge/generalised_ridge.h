#pragma once

#include <cstdint>
#include <span>

#include "aligner/ridge/alpha_choices.h"

namespace lockstep {

/// choose_alphas() by generalised cross-validation: an approximation of leave-one-out from sums
/// alone. With broad leverages a large share of the alphas differ.
AlphaChoices choose_by_generalised(const RidgeInputs& inputs,
                                   const RidgeTargets& targets,
                                   const TargetProducts& products,
                                   std::span<const int64_t> folds);

}  // namespace lockstep
