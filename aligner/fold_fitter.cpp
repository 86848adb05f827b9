#include "aligner/fold_fitter.h"

#include <span>
#include <utility>

namespace lockstep {
namespace {

/// Targets fitted on training words go with their fold.
const RidgeTargets& targets_of(int64_t fold, const std::vector<RidgeTargets>& y) {
  return y[y.size() > 1 ? static_cast<std::size_t>(fold) : 0];
}

}  // namespace

FoldFitter::FoldFitter(InputRows x,
                       const SubjectGroup& side,
                       const AlignSettings& settings,
                       const RidgeOptions& options)
    : side_(side), rules_(screen_rules(settings.solver)) {
  const bool by_block = options.alpha_by == AlphaBy::kBlock && options.alphas.size() > 1;
  if (rules_ && !by_block) {
    screened_.emplace(x, side.plan, side.strata, options);
  } else {
    plain_.emplace(std::move(x), side.plan, options);
  }
}

SolverAudit FoldFitter::fit(const std::vector<RidgeTargets>& y,
                            const std::vector<int64_t>& folds,
                            const Put& put) const {
  if (screened_) return fit_screened(y, folds, put);
  fit_plainly(y, folds, put);
  return {};
}

void FoldFitter::fit_plainly(const std::vector<RidgeTargets>& y,
                             const std::vector<int64_t>& folds,
                             const Put& put) const {
  std::vector<CrossMoments> cross;
  for (const int64_t fold : folds) {
    const auto& values = targets_of(fold, y).values();
    if (cross.empty() || y.size() > 1) cross = plain_->cross(values);
    put(fold, values, plain_->fit(fold, values, cross));
  }
}

SolverAudit FoldFitter::fit_screened(const std::vector<RidgeTargets>& y,
                                     const std::vector<int64_t>& folds,
                                     const Put& put) const {
  const std::size_t at_once = y.size() > 1 ? 1 : folds.size();
  SolverAudit audit;
  for (std::size_t first = 0; first < folds.size(); first += at_once) {
    const auto& targets = targets_of(folds[first], y);
    const auto some = std::span(folds).subspan(first, at_once);
    const AlphaChoices choices = choose_alphas(*screened_, targets, some, *rules_);
    for (const auto& choice : choices.folds) {
      put(choice.fold, targets.values(), predict(*screened_, side_.plan, choice));
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
