#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "aligner/block_scores.h"
#include "aligner/ridge/training_cells.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// How many words a null draw shifts each block's observed values by.
struct NullShifts {
  int64_t num_draws = 0;
  int64_t num_blocks = 0;
  std::vector<int64_t> words;  ///< draw x block

  int64_t at(int64_t draw, int64_t block) const {
    return words[static_cast<std::size_t>(draw * num_blocks + block)];
  }
};

/// Draws circular shifts, uniform between the shortest allowed and the block's length less that.
/// The shortest is 30 s of the story's audio, a third of the block if the block is shorter than 90
/// s or has no times, one word at least. A block's draw is a fraction from the stream (seed, "null
/// shift", draw), so it is the same for every subject, context, tap and time; where two subjects
/// heard different words of a block, the fraction is the same. `rows` are the rows of words.tsv in
/// the order of the plan.
NullShifts draw_null_shifts(const Words& words,
                            std::span<const int64_t> rows,
                            const TrainingPlan& plan,
                            int64_t num_draws,
                            uint64_t seed);

/// How much wider the null of the mean over folds is than the shifts alone make it: sqrt(2) with
/// more than one fold, else 1.
///
/// The predictions of fold k are X_k M sum over j of X_j'y_j, so the mean over folds holds each
/// pair of folds twice, y_k'X_k M X_j'y_j and its transpose: the same number, M being symmetric and
/// nearly the same in all folds. A shift of the observed values against predictions that are kept
/// makes the two independent, and so halves the variance. Refitting every draw would need no such
/// factor and costs a draw what a fit costs; tests/aligner/null_shifts_test.cpp holds the factor
/// against refits.
double null_widening(int64_t num_folds);

/// Test words of a block: what was observed and predicted, words x targets.
struct TestBlock {
  int64_t block = 0;
  Eigen::Ref<const Eigen::MatrixXd> observed;
  Eigen::Ref<const Eigen::MatrixXd> predicted;
};

/// Sums of correlations over the targets of each group of `width` neighbouring targets, for every
/// draw (draws x groups). `sums` are block_sums() of the unshifted values, added over the blocks;
/// targets without a correlation add nothing. Only the product of observed and predicted values
/// changes with a shift, so a draw costs one dot product a block and group, in single precision: r
/// to 1e-6.
Eigen::MatrixXd shifted_correlations(std::span<const TestBlock> blocks,
                                     const ScoreSums& sums,
                                     Eigen::Index width,
                                     const NullShifts& shifts);

}  // namespace lockstep
