// The loss of leaving each block of training words out in turn, from sums over blocks.
#include <algorithm>

#include "aligner/ridge/alpha_loss.h"

namespace lockstep {
namespace {

constexpr Eigen::Index kTargetsATime = 256;

/// Sums over the held-out block, centred at the means of the words that are fitted, in the
/// coordinates of their basis.
struct HeldOut {
  Eigen::MatrixXd gram;     ///< directions x directions
  Eigen::MatrixXd cross;    ///< directions x targets
  Eigen::VectorXd squares;  ///< targets
};

HeldOut describe(const EigenBasis& basis,
                 const Eigen::VectorXd& mean_y,
                 const InputMoments& inputs,
                 const CrossMoments& targets) {
  HeldOut held;
  held.gram = basis.projection.transpose() * centred_gram(inputs, basis.mean) * basis.projection;
  held.cross = basis.projection.transpose() * centred_cross(inputs, targets, basis.mean, mean_y);
  held.squares = targets.squares.array() - 2 * mean_y.array() * targets.sum.array() +
                 inputs.count * mean_y.array().square();
  return held;
}

/// Adds sum (y - y^)^2 = yy - 2 beta'c + beta'G beta of one block to `loss` (alphas x targets).
void add_block(const HeldOut& held,
               const Eigen::MatrixXd& gains,
               const Eigen::MatrixXd& cross,
               Eigen::MatrixXd& loss) {
  for (Eigen::Index first = 0; first < cross.cols(); first += kTargetsATime) {
    const Eigen::Index count = std::min(kTargetsATime, cross.cols() - first);
    Eigen::MatrixXd gram_beta;
    for (Eigen::Index a = 0; a < gains.cols(); ++a) {
      const Eigen::MatrixXd beta = gains.col(a).asDiagonal() * cross.middleCols(first, count);
      gram_beta.noalias() = held.gram * beta;
      const auto slope = gram_beta - 2 * held.cross.middleCols(first, count);
      loss.row(a).segment(first, count) +=
          beta.cwiseProduct(slope).colwise().sum() + held.squares.segment(first, count).transpose();
    }
  }
}

}  // namespace

Eigen::MatrixXd held_out_block_loss(const CellMoments& moments,
                                    int64_t fold,
                                    std::span<const int64_t> blocks,
                                    const Eigen::VectorXd& scale,
                                    const Eigen::VectorXd& alphas) {
  const Eigen::Index num_targets = moments.targets.front().sum.size();
  Eigen::MatrixXd loss = Eigen::MatrixXd::Zero(alphas.size(), num_targets);
  for (const int64_t block : blocks) {
    const CellSet others{fold, CellSet::Blocks::kAllBut, block};
    const InputMoments inputs = total(moments.inputs, moments.cells, others);
    const CrossMoments targets = total(moments.targets, moments.cells, others);
    const EigenBasis basis = make_eigen_basis(inputs, scale);
    const Eigen::VectorXd mean_y = targets.sum / inputs.count;
    const CellSet itself{fold, CellSet::Blocks::kOnly, block};
    const HeldOut held = describe(basis,
                                  mean_y,
                                  total(moments.inputs, moments.cells, itself),
                                  total(moments.targets, moments.cells, itself));
    add_block(
        held, penalty_gains(basis.values, alphas), project_cross(basis, inputs, targets), loss);
  }
  return loss;
}

}  // namespace lockstep
