#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/block_scores.h"
#include "aligner/ridge/alpha_choices.h"
#include "aligner/ridge/ridge_inputs.h"
#include "aligner/ridge/ridge_targets.h"

namespace lockstep {

/// What a fold gives. By test block, in the order of TrainingPlan::test_blocks().
struct FoldOutcome {
  int64_t fold = 0;
  std::vector<double> alpha;    ///< by target
  std::vector<ScoreSums> sums;  ///< block_sums() of each block
  /// Words x targets; empty unless they were asked for.
  std::vector<Eigen::MatrixXd> observed;
  std::vector<Eigen::MatrixXd> predicted;
};

/// Sums of the fold `fit`, whose observed values are `y` (rows of the plan x targets).
FoldOutcome outcome_of(const TrainingPlan& plan,
                       int64_t fold,
                       const Eigen::MatrixXd& y,
                       FoldFit fit);

/// The input side of a regression, made once, and the fits of any targets on it. Which solver does
/// it is decided here and nowhere else.
class FoldFitter {
 public:
  /// Whether the solver that the settings name takes whitened inputs.
  static bool takes_whitened(const AlignSettings& settings);

  /// `x` is words of `side` x inputs. `side` must outlive this.
  FoldFitter(InputRows x,
             const SubjectGroup& side,
             const AlignSettings& settings,
             const RidgeOptions& options);
  /// Only where takes_whitened().
  FoldFitter(WhitenedInputs x,
             const SubjectGroup& side,
             const AlignSettings& settings,
             const RidgeOptions& options);

  enum class Want { kSums, kWords };
  using Put = std::function<void(FoldOutcome outcome)>;

  /// Fits `folds`, all of which test words. `y` is one set of targets, or one for every fold of the
  /// plan, in which case a fold's fit sees its own (reduce --fit train). Words are predicted one by
  /// one only if they are wanted. Thread-safe.
  SolverAudit fit(const std::vector<RidgeTargets>& y,
                  const std::vector<int64_t>& folds,
                  Want want,
                  const Put& put) const;

 private:
  SolverAudit fit_screened(const std::vector<RidgeTargets>& y,
                           const std::vector<int64_t>& folds,
                           Want want,
                           const Put& put) const;
  void fit_plainly(const std::vector<RidgeTargets>& y,
                   const std::vector<int64_t>& folds,
                   const Put& put) const;

  const SubjectGroup& side_;
  std::optional<ScreenRules> rules_;
  std::optional<RidgeInputs> screened_;  // one of the two
  std::optional<RidgeCv> plain_;         // every loss in double precision
};

/// Folds that test words, ascending.
std::vector<int64_t> tested_folds(const TrainingPlan& plan);

}  // namespace lockstep
