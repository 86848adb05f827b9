#include "aligner/ridge/generalised_ridge.h"

#include <algorithm>
#include <cmath>

#include "aligner/ridge/alpha_loss.h"
#include "aligner/ridge/checked_loss.h"

namespace lockstep {
namespace {

// Below this share of |y|^2 a residual sum of squares from single-precision sums is rounding.
constexpr double kLeastResidual = 1e-4;

Eigen::MatrixXd loss_of(const RidgeInputs& inputs,
                        const FoldInputs& fold,
                        const RidgeTargets& targets,
                        const FoldTargets& of_fold) {
  if (fold.single) {
    const Eigen::MatrixXd loss =
        generalised_loss(fold.values, fold.count, of_fold.cross, of_fold.squares, inputs.alphas());
    const Eigen::ArrayXd least = loss.colwise().minCoeff().transpose().array();
    if ((least >= kLeastResidual * of_fold.squares.array()).all()) return loss;
  }
  return full_generalised_loss(inputs, fold.fold, targets);
}

}  // namespace

Eigen::MatrixXd generalised_loss(const Eigen::VectorXd& values,
                                 double count,
                                 const Eigen::MatrixXd& cross,
                                 const Eigen::VectorXd& squares,
                                 const Eigen::VectorXd& alphas) {
  const Eigen::MatrixXd gains = penalty_gains(values, alphas);
  const Eigen::MatrixXd explained =
      (2 * gains - values.asDiagonal() * gains.cwiseAbs2()).transpose() * cross.cwiseAbs2();
  const Eigen::VectorXd freedom = gains.transpose() * values;
  const Eigen::VectorXd left = 1 - (1 + freedom.array()) / count;
  const Eigen::MatrixXd residual = (-explained).rowwise() + squares.transpose();
  return left.cwiseAbs2().cwiseInverse().asDiagonal() * residual;
}

AlphaChoices choose_by_generalised(const RidgeInputs& inputs,
                                   const RidgeTargets& targets,
                                   const TargetProducts& products,
                                   std::span<const int64_t> folds) {
  AlphaChoices made;
  for (std::size_t f = 0; f < inputs.folds().size(); ++f) {
    const FoldInputs& fold = inputs.folds()[f];
    if (std::find(folds.begin(), folds.end(), fold.fold) == folds.end()) continue;
    const FoldTargets of_fold = describe_fold(inputs, f, targets, products);
    const Eigen::MatrixXd loss = loss_of(inputs, fold, targets, of_fold);
    made.folds.push_back(fit_choice(inputs, fold, targets, of_fold, best_alphas(loss)));
    made.audit.decisions += targets.count();
    made.audit.approximate += targets.count();
  }
  return made;
}

}  // namespace lockstep
