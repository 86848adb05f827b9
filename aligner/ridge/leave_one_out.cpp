// The loss of leaving each training word out in turn, from one fit.
#include <algorithm>

#include "aligner/ridge/alpha_loss.h"

namespace lockstep {
namespace {

// 256 words x (32 targets x 13 alphas) are 850 KB: the residuals stay in the second-level cache.
constexpr Eigen::Index kWordsATime = 256;
constexpr Eigen::Index kTargetsATime = 32;

/// words x alphas: 1 / (1 - h)^2 for the words of a range.
Eigen::MatrixXd leave_out_weights(const EigenBasis& basis,
                                  const Eigen::MatrixXd& words,
                                  const RowRange& range,
                                  const Eigen::MatrixXd& gains) {
  const Eigen::MatrixXd squares =
      words.middleRows(range.begin, range.size()).array().square().matrix();
  Eigen::MatrixXd leverage;
  leverage.noalias() = squares * gains;
  return (1.0 - 1.0 / basis.count - leverage.array()).square().inverse().matrix();
}

std::vector<RowRange> cut(std::span<const RowRange> ranges, int64_t length) {
  std::vector<RowRange> pieces;
  for (const auto& range : ranges) {
    for (int64_t begin = range.begin; begin < range.end; begin += length) {
      pieces.push_back({begin, std::min(begin + length, range.end)});
    }
  }
  return pieces;
}

/// directions x (alphas x targets): what multiplies a word's coordinates to give its prediction.
Eigen::MatrixXd coefficients(const Eigen::MatrixXd& gains,
                             const Eigen::Ref<const Eigen::MatrixXd>& cross) {
  Eigen::MatrixXd all(cross.rows(), gains.cols() * cross.cols());
  for (Eigen::Index a = 0; a < gains.cols(); ++a) {
    all.middleCols(a * cross.cols(), cross.cols()) = gains.col(a).asDiagonal() * cross;
  }
  return all;
}

}  // namespace

Eigen::MatrixXd leave_one_out_loss(const EigenBasis& basis,
                                   const Eigen::MatrixXd& words,
                                   std::span<const RowRange> training,
                                   const Eigen::MatrixXd& y,
                                   const Eigen::VectorXd& mean_y,
                                   const Eigen::MatrixXd& cross,
                                   const Eigen::VectorXd& alphas) {
  const Eigen::MatrixXd gains = penalty_gains(basis.values, alphas);
  const auto pieces = cut(training, kWordsATime);
  std::vector<Eigen::MatrixXd> weights;
  for (const auto& piece : pieces) {
    weights.push_back(leave_out_weights(basis, words, piece, gains));
  }
  Eigen::MatrixXd loss = Eigen::MatrixXd::Zero(alphas.size(), y.cols());
  Eigen::MatrixXd predicted;
  for (Eigen::Index first = 0; first < y.cols(); first += kTargetsATime) {
    const Eigen::Index count = std::min(kTargetsATime, y.cols() - first);
    const Eigen::MatrixXd beta = coefficients(gains, cross.middleCols(first, count));
    for (std::size_t p = 0; p < pieces.size(); ++p) {
      const auto& piece = pieces[p];
      predicted.noalias() = words.middleRows(piece.begin, piece.size()) * beta;
      const Eigen::MatrixXd observed = y.block(piece.begin, first, piece.size(), count).rowwise() -
                                       mean_y.segment(first, count).transpose();
      for (Eigen::Index a = 0; a < alphas.size(); ++a) {
        const auto error = observed - predicted.middleCols(a * count, count);
        loss.row(a).segment(first, count) +=
            weights[p].col(a).transpose() * error.array().square().matrix();
      }
    }
  }
  return loss;
}

std::vector<Eigen::Index> best_alphas(const Eigen::MatrixXd& loss) {
  std::vector<Eigen::Index> best(static_cast<std::size_t>(loss.cols()), 0);
  for (Eigen::Index target = 0; target < loss.cols(); ++target) {
    auto& chosen = best[static_cast<std::size_t>(target)];
    for (Eigen::Index a = 1; a < loss.rows(); ++a) {
      if (loss(a, target) < loss(chosen, target)) chosen = a;
    }
  }
  return best;
}

}  // namespace lockstep
