#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// Sums over words of an observed value y and its prediction p; the six `stat` values of scores.h5.
struct WordSums {
  double y = 0;
  double yy = 0;
  double p = 0;
  double pp = 0;
  double yp = 0;
  double n = 0;

  void add(double observed, double predicted);
  WordSums& operator+=(const WordSums& other);
};

/// Pearson correlation of y and p, in [-1, 1]. NaN below two words. 0 where y or p does not vary: a
/// constant prediction tells nothing, and a mean over components must not lose a fold to it. "Does
/// not vary" is a variance below kRelativeVariance of the mean square, which is what rounding
/// leaves of an exact constant.
double pearson(const WordSums& sums);
inline constexpr double kRelativeVariance = 1e-13;

/// The sums of one (subject, context, tap), as ScoresFile::sums() gives them, with what tells their
/// axes apart.
struct BlockSums {
  std::span<const double> values;       ///< block x component x time x stat
  std::span<const int64_t> block_fold;  ///< fold of each block; -1: never tested
  std::size_t num_components = 0;
  std::size_t num_times = 0;

  WordSums at(std::size_t block, std::size_t component, std::size_t time) const;
  /// Throws Error(kProgram) unless `values` has the size that the axes make.
  void check() const;
};

/// The folds that occur among the blocks, ascending, without -1.
std::vector<int64_t> tested_folds(std::span<const int64_t> block_fold);

/// r over the test words of one fold, its blocks' sums added: component x time.
std::vector<double> fold_correlations(const BlockSums& sums, int64_t fold);

/// R of the paper, one value a time: the mean of r over components and folds, as scores.h5 has it.
/// A component that is constant in a fold, and a fold with fewer than two words at a time, are left
/// out of the mean; NaN where nothing is left.
std::vector<double> mean_score(const BlockSums& sums);

}  // namespace lockstep
