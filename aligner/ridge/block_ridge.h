#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aligner/ridge/alpha_choices.h"

namespace lockstep {

/// Targets with their products with the inputs of one time.
struct TargetSet {
  const RidgeTargets& targets;
  const TargetProducts& products;
};

/// choose_alphas() by held-out blocks for several sets of targets: each block of a fold's training
/// words is predicted from the others and its squared errors added, as held_out_block_loss() does.
/// By set.
///
/// From the sums of the cells: an eigenvalue problem for each fold and block, shared by all sets.
/// With V'G V = K the held-out block in the coordinates of the other words, values l, gains
/// g = 1 / (l + alpha), and cross products z of a target, the squared predictions are
///   sum_ij K_ij z_i z_j g_i g_j,   g_i g_j = (g_i - g_j) / (l_j - l_i),
/// so that one product M z, M_ij = K_ij / (l_j - l_i), serves all alphas. Where l_i and l_j are
/// within 1e-5 of each other g_i g_j is (g_i^2 + g_j^2) / 2 to 1e-10.
///
/// Targets whose two best alphas are closer than single-precision sums can tell are decided in
/// double precision.
std::vector<AlphaChoices> choose_by_blocks(const RidgeInputs& inputs,
                                           std::span<const TargetSet> sets,
                                           std::span<const int64_t> folds);

}  // namespace lockstep
