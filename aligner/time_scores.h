#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <deque>
#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/fold_fitter.h"
#include "aligner/score_parts.h"

namespace lockstep {

/// Numbers values along the axes of scores.h5 that lie before `time`. A column is a (tap,
/// component).
struct ScoreAxes {
  int64_t contexts, blocks, folds, taps, components, draws;

  explicit ScoreAxes(const ScoresHeader& header)
      : contexts(std::ssize(header.contexts)),
        blocks(std::ssize(header.block_fold)),
        folds(header.num_folds),
        taps(std::ssize(header.taps)),
        components(header.num_components),
        draws(header.num_null_draws) {}

  int64_t columns() const { return taps * components; }
  /// (context, block or fold, tap, component).
  int64_t in_block(int64_t context, int64_t block, int64_t column) const {
    return (context * blocks + block) * columns() + column;
  }
  int64_t in_fold(int64_t context, int64_t fold, int64_t column) const {
    return (context * folds + fold) * columns() + column;
  }
  int64_t in_draw(int64_t context, int64_t draw, int64_t tap) const {
    return (context * draws + draw) * taps + tap;
  }
};

/// Which columns of which context a fit is of: all taps, or some.
struct FitPlace {
  int64_t context = 0;
  int64_t first_tap = 0;
  int64_t num_taps = 1;
  int64_t time = 0;  ///< in the part
};

/// Puts what the folds of a fit give into a part of scores.h5: (put_fold)* finish.
class TimeScores {
 public:
  TimeScores(const ScoresHeader& header,
             const SubjectGroup& side,
             FitPlace place,
             PartValues& values);

  /// What the fit has to give: words where there is a null.
  FoldFitter::Want wants() const;
  /// A fold of the place's columns.
  void put_fold(FoldOutcome outcome);
  /// Scores, once every fold is in.
  void finish();

 private:
  /// What r is made of: a fold, or all folds one after the other.
  struct Tested {
    ScoreSums sums;
    std::vector<TestBlock> blocks;
  };
  void put_sums(int64_t block, const ScoreSums& sums);
  void settle();
  void put_tap(int64_t tap, const Eigen::MatrixXd& r);
  int64_t column(int64_t target) const { return place_.first_tap * axes_.components + target; }

  const SubjectGroup& side_;
  FitPlace place_;
  PartValues& values_;
  ScoreAxes axes_;
  bool concatenated_;
  int64_t num_columns_;
  std::deque<FoldOutcome> outcomes_;  // what Tested::blocks refer to
  Tested tested_;                     // not yet settled
  std::vector<Eigen::VectorXd> r_;    // by what was settled: columns of the place
  Eigen::MatrixXd null_;              // draws x taps of the place: sums of r over the same
};

}  // namespace lockstep
