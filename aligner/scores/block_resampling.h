#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aligner/scores/correlation.h"

namespace lockstep {

/// Bootstrap over blocks of words (Kunsch 1989, "The jackknife and the bootstrap for general
/// stationary observations"; blocks because neighbouring words share context and MEG): each draw
/// takes as many tested blocks as there are, with replacement, and R is computed anew from their
/// sums, without refitting. All subjects, contexts and taps use the same draws, so differences
/// between them can be compared draw by draw.
class BlockResampling {
 public:
  /// The draws depend on the fold plan, the number and the seed alone. Fewer than two tested
  /// blocks: no draws.
  BlockResampling(std::span<const int64_t> block_fold, int64_t num_draws, uint64_t seed);

  int64_t num_draws() const { return num_draws_; }
  /// Tested blocks: those with a fold.
  int64_t num_blocks() const { return num_blocks_; }
  /// How often a draw holds a block, for each block of the plan (0 for those never tested).
  std::span<const int32_t> multiplicities(int64_t draw) const;

  /// R of each draw: draw x time.
  ///
  /// In a draw the blocks of a fold are added, each as often as it was drawn, and give the fold's
  /// r; r is averaged over components, then over folds. A fold weighs as many times as its blocks
  /// were drawn, divided by their number: with one block a fold this is the bootstrap of a mean,
  /// with many it is the plain mean over folds, and its expectation is R. Blocks without words of
  /// this subject count for nothing. NaN where no fold drawn has two words.
  std::vector<double> scores(const BlockSums& sums) const;

 private:
  /// Blocks of one fold, and which combinations of them the draws hold. r does not change when all
  /// sums are multiplied, so few blocks have few combinations, and each is computed once.
  struct Fold {
    std::vector<std::size_t> blocks;
    std::vector<std::vector<int32_t>>
        patterns;  ///< multiplicity of each of `blocks`, without common divisor
    std::vector<int32_t> pattern_of_draw;  ///< -1: no block of the fold was drawn
  };

  static Fold make_fold(const std::vector<std::size_t>& blocks,
                        std::span<const int32_t> multiplicity,
                        std::size_t num_plan_blocks);
  /// Mean over components of r: pattern x time.
  static std::vector<double> pattern_scores(const Fold& fold, const BlockSums& sums);

  std::size_t num_plan_blocks_ = 0;
  int64_t num_draws_ = 0;
  int64_t num_blocks_ = 0;
  std::vector<int32_t> multiplicity_;  // draw x block of the plan
  std::vector<Fold> folds_;
};

}  // namespace lockstep
