#include "aligner/ridge/alpha_screen.h"

#include <cmath>
#include <map>

#include "aligner/ridge/alpha_loss.h"

namespace lockstep {
namespace {

// Bound on the rounding of float32 products, relative to the length of both factors. What is seen
// is a tenth of it.
constexpr double kFitRounding = 3e-8;

std::map<Eigen::Index, std::vector<Eigen::Index>> targets_by_best(
    const std::vector<Eigen::Index>& best) {
  std::map<Eigen::Index, std::vector<Eigen::Index>> groups;
  for (std::size_t d = 0; d < best.size(); ++d) {
    groups[best[d]].push_back(static_cast<Eigen::Index>(d));
  }
  return groups;
}

/// Everything the bound needs of the targets.
struct Sizes {
  Eigen::MatrixXd cross_squares;  ///< directions x targets: z^2
  Eigen::RowVectorXd observed;    ///< |y|
  Eigen::RowVectorXd mean;        ///< |nu| sqrt(N)
  Eigen::MatrixXd fitted;         ///< alphas x targets: |y^|
};

Eigen::MatrixXd reach_of(const FoldInputs& inputs,
                         const Sizes& sizes,
                         const std::vector<Eigen::Index>& best) {
  const auto& covariance = inputs.weight_covariance;
  const Eigen::VectorXd variance = covariance.diagonal().cwiseMax(0.0);
  Eigen::MatrixXd reach(sizes.fitted.rows(), sizes.fitted.cols());
  for (const auto& [b, columns] : targets_by_best(best)) {
    const Eigen::VectorXd weight_change =
        (variance.array() + variance[b] - 2 * covariance.col(b).array()).max(0.0).sqrt();
    const Eigen::MatrixXd gain_change = (inputs.gains.colwise() - inputs.gains.col(b)).cwiseAbs2();
    const Eigen::MatrixXd fit_change = (gain_change.transpose() * inputs.values.asDiagonal() *
                                        sizes.cross_squares(Eigen::all, columns))
                                           .cwiseSqrt();
    const double deviation = std::sqrt(variance[b]);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto d = columns[i];
      const auto fitted = sizes.fitted.col(d).array();
      reach.col(d) = (2 * sizes.observed[d] + fitted) *
                         (weight_change.array() * fitted +
                          deviation * fit_change.col(static_cast<Eigen::Index>(i)).array()) +
                     2 * sizes.mean[d] * sizes.observed[d] * weight_change.array();
    }
  }
  return reach;
}

}  // namespace

AlphaScreen screen_alphas(const FoldInputs& inputs, const FoldTargets& targets) {
  const auto& gains = inputs.gains;
  const Eigen::MatrixXd shrunk = inputs.values.asDiagonal() * gains.cwiseAbs2();
  Sizes sizes;
  sizes.cross_squares = targets.cross.cwiseAbs2();
  sizes.observed = targets.squares.cwiseSqrt().transpose();
  sizes.mean = targets.mean.cwiseAbs().transpose() * std::sqrt(inputs.count);
  const Eigen::MatrixXd fitted_squares = shrunk.transpose() * sizes.cross_squares;
  sizes.fitted = fitted_squares.cwiseSqrt();
  const Eigen::MatrixXd explained = 2 * gains.transpose() * sizes.cross_squares - fitted_squares;
  AlphaScreen screen;
  screen.residual = (-explained).rowwise() + targets.squares.transpose();
  screen.residual_error = kFitRounding * sizes.fitted * sizes.observed.asDiagonal();
  screen.loss =
      screen.residual + targets.weighted_squares - inputs.mean_weight.asDiagonal() * explained;
  screen.best = best_alphas(screen.loss);
  screen.reach = reach_of(inputs, sizes, screen.best);
  screen.noise = screen.residual_error + inputs.weight_error * targets.weighted_squares.cwiseAbs();
  for (Eigen::Index d = 0; d < screen.noise.cols(); ++d) {
    const double of_best = screen.noise(screen.best[static_cast<std::size_t>(d)], d);
    screen.noise.col(d).array() += of_best;
  }
  return screen;
}

Candidates AlphaScreen::candidates(double rho) const {
  Candidates open(loss.rows(), loss.cols());
  for (Eigen::Index d = 0; d < loss.cols(); ++d) {
    const auto b = best[static_cast<std::size_t>(d)];
    open.col(d) =
        loss.col(d).array() - loss(b, d) <= rho * reach.col(d).array() + noise.col(d).array();
    open(b, d) = true;
    if (open.col(d).count() == 1) open(b, d) = false;
  }
  return open;
}

}  // namespace lockstep
