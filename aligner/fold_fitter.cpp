#include "aligner/fold_fitter.h"

#include <span>
#include <utility>

#include "aligner/ridge/held_out_sums.h"

namespace lockstep {
namespace {

/// Targets fitted on training words go with their fold.
const RidgeTargets& targets_of(int64_t fold, const std::vector<RidgeTargets>& y) {
  return y[y.size() > 1 ? static_cast<std::size_t>(fold) : 0];
}

}  // namespace

FoldOutcome outcome_of(const TrainingPlan& plan,
                       int64_t fold,
                       const Eigen::MatrixXd& y,
                       FoldFit fit) {
  FoldOutcome outcome{fold, std::move(fit.alpha), {}, {}, std::move(fit.predicted)};
  const auto blocks = plan.test_blocks(fold);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const auto& range = plan.block_rows[static_cast<std::size_t>(blocks[b])];
    outcome.observed.push_back(y.middleRows(range.begin, range.size()));
    outcome.sums.push_back(block_sums(outcome.observed.back(), outcome.predicted[b]));
  }
  return outcome;
}

bool FoldFitter::takes_whitened(const AlignSettings& settings) {
  return screen_rules(settings.solver).has_value();
}

FoldFitter::FoldFitter(InputRows x,
                       const SubjectGroup& side,
                       const AlignSettings& settings,
                       const RidgeOptions& options)
    : side_(side), rules_(screen_rules(settings.solver)) {
  if (takes_whitened(settings)) {
    screened_.emplace(x, side.plan, side.strata, options);
  } else {
    plain_.emplace(std::move(x), side.plan, options);
  }
}

FoldFitter::FoldFitter(WhitenedInputs x,
                       const SubjectGroup& side,
                       const AlignSettings& settings,
                       const RidgeOptions& options)
    : side_(side), rules_(screen_rules(settings.solver)) {
  screened_.emplace(std::move(x), side.plan, side.strata, options);
}

SolverAudit FoldFitter::fit(const std::vector<RidgeTargets>& y,
                            const std::vector<int64_t>& folds,
                            Want want,
                            const Put& put) const {
  if (screened_) return fit_screened(y, folds, want, put);
  fit_plainly(y, folds, put);
  return {};
}

void FoldFitter::fit_plainly(const std::vector<RidgeTargets>& y,
                             const std::vector<int64_t>& folds,
                             const Put& put) const {
  Eigen::MatrixXd values;
  std::vector<CrossMoments> cross;
  for (const int64_t fold : folds) {
    if (cross.empty() || y.size() > 1) {
      values = targets_of(fold, y).values(side_.strata, {0, side_.plan.num_rows});
      cross = plain_->cross(values);
    }
    put(outcome_of(side_.plan, fold, values, plain_->fit(fold, values, cross)));
  }
}

SolverAudit FoldFitter::fit_screened(const std::vector<RidgeTargets>& y,
                                     const std::vector<int64_t>& folds,
                                     Want want,
                                     const Put& put) const {
  const std::size_t at_once = y.size() > 1 ? 1 : folds.size();
  SolverAudit audit;
  for (std::size_t first = 0; first < folds.size(); first += at_once) {
    const auto& targets = targets_of(folds[first], y);
    const auto some = std::span(folds).subspan(first, at_once);
    const TargetProducts products = multiply(*screened_, targets);
    const AlphaChoices choices = choose_alphas(*screened_, targets, products, some, *rules_);
    for (const auto& choice : choices.folds) {
      if (want == Want::kWords) {
        const auto values = targets.values(side_.strata, {0, side_.plan.num_rows});
        put(outcome_of(side_.plan, choice.fold, values, predict(*screened_, side_.plan, choice)));
        continue;
      }
      FoldOutcome outcome{choice.fold, {}, {}, {}, {}};
      for (const auto a : choice.alpha) outcome.alpha.push_back(screened_->alphas()[a]);
      outcome.sums = held_out_sums(*screened_, targets, products, side_.plan, choice);
      put(std::move(outcome));
    }
    audit += choices.audit;
  }
  return audit;
}

std::vector<int64_t> tested_folds(const TrainingPlan& plan) {
  std::vector<int64_t> folds;
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    if (plan.num_test(fold) > 0) folds.push_back(fold);
  }
  return folds;
}

}  // namespace lockstep
