#include "aligner/ridge/screened_ridge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "aligner/ridge/alpha_screen.h"
#include "aligner/ridge/checked_loss.h"

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Wide enough for every alpha to be a candidate.
constexpr double kWidest = 1e6;

/// A fold on its way to its penalties.
struct FoldState {
  const FoldInputs& inputs;
  FoldTargets targets;
  AlphaScreen screen = {};
  /// alphas x targets: what the loss has beyond the residual sum of squares; NaN where not
  /// evaluated
  Eigen::MatrixXd weighted = {};
  std::vector<Eigen::Index> best = {};

  bool screens() const { return inputs.gains.cols() > 1 && inputs.screens; }
  double loss(Eigen::Index a, Eigen::Index d) const {
    return screen.residual(a, d) + weighted(a, d);
  }
  bool checked(Eigen::Index d) const {
    return !std::isnan(weighted(screen.best[static_cast<std::size_t>(d)], d));
  }
};

/// Evaluates the candidates of all folds that were not evaluated before and counts them.
int64_t evaluate(const RidgeInputs& inputs,
                 const RidgeTargets& targets,
                 double rho,
                 std::vector<FoldState>& states) {
  std::vector<FoldPairs> folds;
  std::vector<FoldState*> evaluated;
  int64_t count = 0;
  for (auto& state : states) {
    if (!state.screens()) continue;
    const Candidates open = state.screen.candidates(rho);
    folds.push_back({state.inputs, state.targets, {}});
    evaluated.push_back(&state);
    for (Eigen::Index d = 0; d < open.cols(); ++d) {
      for (Eigen::Index a = 0; a < open.rows(); ++a) {
        if (open(a, d) && std::isnan(state.weighted(a, d))) folds.back().pairs.push_back({d, a});
      }
    }
    count += std::ssize(folds.back().pairs);
  }
  const auto sums = weighted_residuals(inputs, targets, folds);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    for (std::size_t i = 0; i < folds[f].pairs.size(); ++i) {
      const auto& pair = folds[f].pairs[i];
      evaluated[f]->weighted(pair.alpha, pair.target) = sums[f][static_cast<Eigen::Index>(i)];
    }
  }
  return count;
}

/// The largest share of the bound by which the difference of two estimates was off.
double largest_share(const FoldState& state) {
  double share = 0;
  const auto& screen = state.screen;
  for (Eigen::Index d = 0; d < screen.loss.cols(); ++d) {
    if (!state.checked(d)) continue;
    const auto b = screen.best[static_cast<std::size_t>(d)];
    for (Eigen::Index a = 0; a < screen.loss.rows(); ++a) {
      if (a == b || std::isnan(state.weighted(a, d))) continue;
      const double off =
          std::abs((screen.loss(a, d) - screen.loss(b, d)) - (state.loss(a, d) - state.loss(b, d)));
      const double beyond_noise = off - screen.noise(a, d);
      if (beyond_noise > 0) share = std::max(share, beyond_noise / screen.reach(a, d));
    }
  }
  return share;
}

/// Decides the target by the losses that were evaluated. False if they are too close to call.
bool settle_in_single(FoldState& state, Eigen::Index d) {
  auto& best = state.best[static_cast<std::size_t>(d)];
  for (Eigen::Index a = 0; a < state.weighted.rows(); ++a) {
    if (!std::isnan(state.weighted(a, d)) && state.loss(a, d) < state.loss(best, d)) best = a;
  }
  const auto error = [&](Eigen::Index a) {
    return state.screen.residual_error(a, d) + state.inputs.weight_error * state.weighted(a, d);
  };
  for (Eigen::Index a = 0; a < state.weighted.rows(); ++a) {
    if (a == best || std::isnan(state.weighted(a, d))) continue;
    if (state.loss(a, d) - state.loss(best, d) <= error(a) + error(best)) return false;
  }
  return true;
}

/// Decides every target of the fold and says what it took.
SolverAudit settle(const RidgeInputs& inputs, const RidgeTargets& targets, FoldState& state) {
  SolverAudit audit;
  std::vector<Eigen::Index> open;
  if (state.screens()) {
    state.best = state.screen.best;
    for (Eigen::Index d = 0; d < targets.count(); ++d) {
      if (!state.checked(d)) continue;
      ++audit.checked;
      if (!settle_in_single(state, d)) open.push_back(d);
    }
  } else if (inputs.alphas().size() > 1) {
    open.resize(static_cast<std::size_t>(targets.count()));
    std::iota(open.begin(), open.end(), 0);
    audit.checked = targets.count();
    audit.evaluations = targets.count() * inputs.alphas().size();
  }
  audit.in_double = std::ssize(open);
  const auto best = best_alphas(full_loss(inputs, state.inputs.fold, targets, open));
  for (std::size_t i = 0; i < open.size(); ++i) {
    state.best[static_cast<std::size_t>(open[i])] = best[i];
  }
  return audit;
}

std::vector<FoldState> describe(const RidgeInputs& inputs,
                                const RidgeTargets& targets,
                                const TargetProducts& products,
                                std::span<const int64_t> folds) {
  std::vector<FoldState> states;
  for (std::size_t f = 0; f < inputs.folds().size(); ++f) {
    const FoldInputs& fold = inputs.folds()[f];
    if (std::find(folds.begin(), folds.end(), fold.fold) == folds.end()) continue;
    states.push_back({fold, describe_fold(inputs, f, targets, products)});
    auto& state = states.back();
    state.best.assign(static_cast<std::size_t>(targets.count()), 0);
    if (!state.screens()) continue;
    state.screen = screen_alphas(fold, state.targets);
    state.weighted = Eigen::MatrixXd::Constant(inputs.alphas().size(), targets.count(), kNaN);
  }
  return states;
}

}  // namespace

AlphaChoices choose_by_leave_one_out(const RidgeInputs& inputs,
                                     const RidgeTargets& targets,
                                     const TargetProducts& products,
                                     std::span<const int64_t> folds,
                                     const ScreenRules& rules) {
  AlphaChoices made;
  SolverAudit& audit = made.audit;
  std::vector<FoldState> states = describe(inputs, targets, products, folds);
  audit.decisions = std::ssize(states) * targets.count();
  audit.rho_used = rules.rho;
  while (true) {
    audit.evaluations += evaluate(inputs, targets, audit.rho_used, states);
    for (const auto& state : states) {
      if (state.screens()) audit.rho_seen = std::max(audit.rho_seen, largest_share(state));
    }
    if (audit.rho_seen <= audit.rho_used / 2 || audit.rho_used == kWidest) break;
    audit.rho_used = std::min(4 * audit.rho_seen, kWidest);
  }
  for (auto& state : states) {
    audit += settle(inputs, targets, state);
    made.folds.push_back(
        fit_choice(inputs, state.inputs, targets, state.targets, std::move(state.best)));
  }
  return made;
}

}  // namespace lockstep
