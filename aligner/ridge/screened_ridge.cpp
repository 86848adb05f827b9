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
constexpr int64_t kWordsATime = 512;

/// A fold on its way to its penalties.
struct FoldState {
  const FoldInputs& inputs;
  FoldTargets targets;
  AlphaScreen screen = {};
  Eigen::MatrixXd checked =
      {};  ///< alphas x targets: loss residual by residual; NaN where not evaluated
  std::vector<Eigen::Index> best = {};

  bool screens() const { return inputs.gains.cols() > 1 && inputs.screens; }
};

/// Evaluates the candidates that were not evaluated before.
int64_t evaluate(const RidgeInputs& inputs,
                 const RidgeTargets& targets,
                 const Candidates& open,
                 FoldState& state) {
  std::vector<TargetAlpha> pairs;
  for (Eigen::Index d = 0; d < open.cols(); ++d) {
    for (Eigen::Index a = 0; a < open.rows(); ++a) {
      if (open(a, d) && std::isnan(state.checked(a, d))) pairs.push_back({d, a});
    }
  }
  const auto loss = single_precision_loss(inputs, state.inputs, targets, state.targets, pairs);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    state.checked(pairs[i].alpha, pairs[i].target) = loss[static_cast<Eigen::Index>(i)];
  }
  return std::ssize(pairs);
}

/// The largest share of the bound by which the difference of two estimates was off.
double largest_share(const FoldState& state) {
  double share = 0;
  const auto& screen = state.screen;
  for (Eigen::Index d = 0; d < screen.loss.cols(); ++d) {
    const auto b = screen.best[static_cast<std::size_t>(d)];
    if (std::isnan(state.checked(b, d))) continue;
    for (Eigen::Index a = 0; a < screen.loss.rows(); ++a) {
      if (a == b || std::isnan(state.checked(a, d))) continue;
      const double off = std::abs((screen.loss(a, d) - screen.loss(b, d)) -
                                  (state.checked(a, d) - state.checked(b, d)));
      const double beyond_noise = off - screen.noise(a, d);
      if (beyond_noise > 0) share = std::max(share, beyond_noise / screen.reach(a, d));
    }
  }
  return share;
}

/// Alphas whose loss is not surely larger than the smallest.
std::vector<Eigen::Index> contenders(const Eigen::VectorXd& loss, const Eigen::VectorXd& error) {
  Eigen::Index best = -1;
  for (Eigen::Index a = 0; a < loss.size(); ++a) {
    if (!std::isnan(loss[a]) && (best < 0 || loss[a] < loss[best])) best = a;
  }
  std::vector<Eigen::Index> close;
  for (Eigen::Index a = 0; a < loss.size(); ++a) {
    if (loss[a] - loss[best] <= error[a] + error[best]) close.push_back(a);
  }
  return close;
}

/// Pairs that single precision leaves undecided; decides the others.
std::vector<TargetAlpha> settle_in_single(FoldState& state) {
  std::vector<TargetAlpha> pairs;
  for (Eigen::Index d = 0; d < state.checked.cols(); ++d) {
    const Eigen::VectorXd loss = state.checked.col(d);
    if (std::isnan(loss[state.screen.best[static_cast<std::size_t>(d)]])) continue;
    Eigen::VectorXd error(loss.size());
    for (Eigen::Index a = 0; a < loss.size(); ++a) {
      error[a] = single_precision_error(
          loss[a], state.targets.squares[d] + state.targets.weighted_squares(a, d));
    }
    const auto close = contenders(loss, error);
    state.best[static_cast<std::size_t>(d)] = close.front();
    if (close.size() == 1) continue;
    for (const auto a : close) pairs.push_back({d, a});
  }
  return pairs;
}

/// Targets that double-precision residuals leave undecided; decides the others.
std::vector<Eigen::Index> settle_in_double(const RidgeInputs& inputs,
                                           const RidgeTargets& targets,
                                           std::span<const TargetAlpha> pairs,
                                           FoldState& state) {
  std::vector<Eigen::Index> open;
  if (pairs.empty()) return open;
  const CheckedLoss checked = double_precision_loss(inputs, state.inputs, targets, pairs);
  for (std::size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    while (end < pairs.size() && pairs[end].target == pairs[begin].target) ++end;
    const auto first = static_cast<Eigen::Index>(begin);
    const auto count = static_cast<Eigen::Index>(end - begin);
    const auto close =
        contenders(checked.loss.segment(first, count), checked.error.segment(first, count));
    const auto target = pairs[begin].target;
    state.best[static_cast<std::size_t>(target)] =
        pairs[begin + static_cast<std::size_t>(close.front())].alpha;
    if (close.size() > 1) open.push_back(target);
  }
  return open;
}

/// Decides every target of the fold and says what it took.
SolverAudit settle(const RidgeInputs& inputs, const RidgeTargets& targets, FoldState& state) {
  SolverAudit audit;
  std::vector<Eigen::Index> open;
  if (state.screens()) {
    state.best = state.screen.best;
    for (Eigen::Index d = 0; d < targets.count(); ++d) {
      const auto first = state.screen.best[static_cast<std::size_t>(d)];
      audit.checked += std::isnan(state.checked(first, d)) ? 0 : 1;
    }
    const auto pairs = settle_in_single(state);
    open = settle_in_double(inputs, targets, pairs, state);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      audit.in_double += i == 0 || pairs[i].target != pairs[i - 1].target ? 1 : 0;
    }
  } else if (inputs.alphas().size() > 1) {
    for (Eigen::Index d = 0; d < targets.count(); ++d) open.push_back(d);
    audit.checked = audit.in_double = std::ssize(open);
    audit.evaluations = std::ssize(open) * inputs.alphas().size();
  }
  audit.fully_in_double = std::ssize(open);
  const auto best = best_alphas(full_loss(inputs, state.inputs, targets, open));
  for (std::size_t i = 0; i < open.size(); ++i) {
    state.best[static_cast<std::size_t>(open[i])] = best[i];
  }
  return audit;
}

FoldChoice refit(const RidgeInputs& inputs, const RidgeTargets& targets, FoldState& state) {
  const FoldInputs& fold = state.inputs;
  Eigen::MatrixXd& beta = state.targets.cross;
  if (!fold.single) {
    std::vector<Eigen::Index> all(static_cast<std::size_t>(targets.count()));
    std::iota(all.begin(), all.end(), 0);
    beta = double_precision_cross(inputs, fold, targets, all);
  }
  for (Eigen::Index d = 0; d < beta.cols(); ++d) {
    beta.col(d).array() *= fold.gains.col(state.best[static_cast<std::size_t>(d)]).array();
  }
  FoldChoice choice{fold.fold, std::move(state.best), fold.single, {}, {}};
  choice.coefficients = (fold.single ? fold.from_white : fold.basis.projection) * beta;
  const Eigen::VectorXd& centre = fold.single ? fold.mean_white : fold.basis.mean;
  choice.constant = state.targets.mean.transpose() - centre.transpose() * choice.coefficients;
  return choice;
}

/// Applies coefficients of whitened sensors in single precision to the words at some places. A few
/// hundred words at a time, lest large temporaries cost more than the product.
Eigen::MatrixXd predict_in_single(const WhiteRows& white,
                                  std::span<const int64_t> places,
                                  const FoldChoice& choice) {
  // Columns are brought to the size of 1 first, so that small ones do not vanish.
  const Eigen::RowVectorXd size = choice.coefficients.cwiseAbs().colwise().maxCoeff().cwiseMax(
      std::numeric_limits<double>::min());
  const Eigen::MatrixXf scaled =
      (choice.coefficients * size.cwiseInverse().asDiagonal()).cast<float>();
  Eigen::MatrixXd predicted(std::ssize(places), scaled.cols());
  WhiteRows words;
  Eigen::MatrixXf product;
  for (const auto& piece : cut({0, std::ssize(places)}, kWordsATime)) {
    words = white(places.subspan(static_cast<std::size_t>(piece.begin),
                                 static_cast<std::size_t>(piece.size())),
                  Eigen::all);
    product.noalias() = words * scaled;
    predicted.middleRows(piece.begin, piece.size()) =
        (product.cast<double>() * size.asDiagonal()).rowwise() + choice.constant;
  }
  return predicted;
}

std::vector<FoldState> describe(const RidgeInputs& inputs,
                                const RidgeTargets& targets,
                                std::span<const int64_t> folds) {
  const TargetProducts products = multiply(inputs, targets);
  std::vector<FoldState> states;
  for (std::size_t f = 0; f < inputs.folds().size(); ++f) {
    const FoldInputs& fold = inputs.folds()[f];
    if (std::find(folds.begin(), folds.end(), fold.fold) == folds.end()) continue;
    states.push_back({fold, describe_fold(inputs, f, targets, products)});
    auto& state = states.back();
    state.best.assign(static_cast<std::size_t>(targets.count()), 0);
    if (!state.screens()) continue;
    state.screen = screen_alphas(fold, state.targets);
    state.checked = Eigen::MatrixXd::Constant(inputs.alphas().size(), targets.count(), kNaN);
  }
  return states;
}

}  // namespace

AlphaChoices choose_alphas(const RidgeInputs& inputs,
                           const RidgeTargets& targets,
                           std::span<const int64_t> folds,
                           const ScreenRules& rules) {
  AlphaChoices made;
  SolverAudit& audit = made.audit;
  std::vector<FoldState> states = describe(inputs, targets, folds);
  audit.decisions = std::ssize(states) * targets.count();
  audit.rho_used = rules.rho;
  while (true) {
    for (auto& state : states) {
      if (!state.screens()) continue;
      audit.evaluations +=
          evaluate(inputs, targets, state.screen.candidates(audit.rho_used), state);
      audit.rho_seen = std::max(audit.rho_seen, largest_share(state));
    }
    if (audit.rho_seen <= audit.rho_used / 2 || audit.rho_used == kWidest) break;
    audit.rho_used = std::min(4 * audit.rho_seen, kWidest);
  }
  for (auto& state : states) {
    audit += settle(inputs, targets, state);
    made.folds.push_back(refit(inputs, targets, state));
  }
  return made;
}

FoldFit predict(const RidgeInputs& inputs, const TrainingPlan& plan, const FoldChoice& choice) {
  FoldFit fit;
  for (const auto a : choice.alpha) fit.alpha.push_back(inputs.alphas()[a]);
  for (const int64_t block : plan.test_blocks(choice.fold)) {
    const auto& range = plan.block_rows[static_cast<std::size_t>(block)];
    const auto places =
        std::span(inputs.strata().place)
            .subspan(static_cast<std::size_t>(range.begin), static_cast<std::size_t>(range.size()));
    if (choice.of_white) {
      fit.predicted.push_back(predict_in_single(inputs.white(), places, choice));
      continue;
    }
    const InputRows words = inputs.centred()(places, Eigen::all);
    fit.predicted.emplace_back(words.rows(), choice.coefficients.cols());
    fit.predicted.back().noalias() = words * choice.coefficients;
    fit.predicted.back().rowwise() += choice.constant;
  }
  return fit;
}

}  // namespace lockstep
