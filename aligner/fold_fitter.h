#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/ridge/ridge_inputs.h"
#include "aligner/ridge/ridge_targets.h"
#include "aligner/ridge/screened_ridge.h"

namespace lockstep {

/// The input side of a regression, made once, and the fits of any targets on it. Which solver does
/// it is decided here and nowhere else.
class FoldFitter {
 public:
  /// `x` is words of `side` x inputs. `side` must outlive this.
  FoldFitter(InputRows x,
             const SubjectGroup& side,
             const AlignSettings& settings,
             const RidgeOptions& options);

  /// Takes a fold's number, what was observed (words of the side x targets) and its fit.
  using Put = std::function<void(int64_t fold, const Eigen::MatrixXd& y, FoldFit fit)>;

  /// Fits `folds`, all of which test words. `y` is one set of targets, or one for every fold of the
  /// plan, in which case a fold's fit sees its own (reduce --fit train). Thread-safe.
  SolverAudit fit(const std::vector<RidgeTargets>& y,
                  const std::vector<int64_t>& folds,
                  const Put& put) const;

 private:
  SolverAudit fit_screened(const std::vector<RidgeTargets>& y,
                           const std::vector<int64_t>& folds,
                           const Put& put) const;
  void fit_plainly(const std::vector<RidgeTargets>& y,
                   const std::vector<int64_t>& folds,
                   const Put& put) const;

  const SubjectGroup& side_;
  std::optional<ScreenRules> rules_;
  std::optional<RidgeInputs> screened_;  // one of the two
  std::optional<RidgeCv> plain_;         // every loss in double precision, or from block sums
};

/// Folds that test words, ascending.
std::vector<int64_t> tested_folds(const TrainingPlan& plan);

}  // namespace lockstep
