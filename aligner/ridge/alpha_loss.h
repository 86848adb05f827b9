#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/moments.h"

namespace lockstep {

/// How the penalty of a target is chosen inside the training words.
enum class AlphaBy {
  kLeaveOneOut,  ///< each word left out in turn: sklearn.linear_model.RidgeCV(cv=None,
                 ///< alpha_per_target=True)
  kBlock,        ///< each block of training words left out in turn
  kGeneralised   ///< generalised cross-validation (Golub, Heath & Wahba 1979): an approximation of
                 ///< leave-one-out that takes all leverages for equal
};

/// Leave-one-out loss of every alpha and target (alphas x targets): the sum over the training words
/// of
///   (e / (1 - h))^2,  e = y - y^,  h = 1/N + sum_j u_j^2 / (value_j + alpha),
/// u the word's coordinates. It equals, to rounding, the sum of squared errors of N fits that leave
/// one word out each and keep the scale of the sensors. `words` are coordinates of all rows,
/// `training` the rows that count, `cross` is project_cross() of them, `mean_y` their mean target.
/// The residuals are formed for a few hundred words, 32 targets and all alphas at a time: one
/// product each.
Eigen::MatrixXd leave_one_out_loss(const EigenBasis& basis,
                                   const Eigen::MatrixXd& words,
                                   std::span<const RowRange> training,
                                   const Eigen::MatrixXd& y,
                                   const Eigen::VectorXd& mean_y,
                                   const Eigen::MatrixXd& cross,
                                   const Eigen::VectorXd& alphas);

/// Generalised cross-validation, alphas x targets: N^2 times the score of Golub, Heath & Wahba
/// (1979), RSS / (1 - (1 + sum_j value_j / (value_j + alpha)) / N)^2, the 1 for the intercept.
/// `cross` is directions x targets, `squares` sum (y - mean)^2 by target.
Eigen::MatrixXd generalised_loss(const Eigen::VectorXd& values,
                                 double count,
                                 const Eigen::MatrixXd& cross,
                                 const Eigen::VectorXd& squares,
                                 const Eigen::VectorXd& alphas);

/// Moments of inputs and targets, cell by cell.
struct CellMoments {
  const std::vector<TrainingCell>& cells;
  const std::vector<InputMoments>& inputs;
  const std::vector<CrossMoments>& targets;
};

/// Loss of every alpha and target (alphas x targets) over held-out blocks: each block of the fold's
/// training words is predicted from the others and its squared errors added. From the blocks'
/// moments alone, without their words. The scale of the sensors is that of the whole training set,
/// as in leave_one_out_loss(); means are refitted. Words at the border of two blocks are
/// neighbours, so the loss is a little too good there: that touches the choice of alpha, never a
/// test word.
Eigen::MatrixXd held_out_block_loss(const CellMoments& moments,
                                    int64_t fold,
                                    std::span<const int64_t> blocks,
                                    const Eigen::VectorXd& scale,
                                    const Eigen::VectorXd& alphas);

/// For each target the first alpha with the smallest loss, as scikit-learn takes it.
std::vector<Eigen::Index> best_alphas(const Eigen::MatrixXd& loss);

}  // namespace lockstep
