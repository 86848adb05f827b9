#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/banded_ridge.h"
#include "aligner/time_scores.h"

namespace lockstep {

/// The fits of banded ridge regression at one time, with all bands and without each: what the
/// variance that a band alone explains is made of. `weights` are the candidates.
class BandScores {
 public:
  BandScores(const ScoresHeader& header,
             const SubjectGroup& side,
             const BandWeights& weights,
             FitPlace place,
             PartValues& values);

  /// Fits `y` (words of the side x sensors). The folds of the full fit go to `scores` too.
  void run(const BandedRidge& ridge, const Eigen::MatrixXd& y, TimeScores& scores);

 private:
  void put_penalties(int64_t fold, const BandedFit& fit);

  const SubjectGroup& side_;
  const BandWeights& weights_;
  FitPlace place_;
  PartValues& values_;
  ScoreAxes axes_;
};

/// 1 - sum (y - p)^2 / sum (y - mean y)^2, by target; NaN where y is constant.
Eigen::VectorXd explained_share(const ScoreSums& sums);

}  // namespace lockstep
