#include "aligner/ridge/checked_loss.h"

#include <algorithm>
#include <cmath>

#include "aligner/ridge/alpha_loss.h"

namespace lockstep {
namespace {

constexpr int64_t kWordsATime = 256;
constexpr std::size_t kPairsATime = 192;
constexpr std::size_t kTargetsATime = 256;

/// Coefficients of whitened or centred sensors, sensors x pairs: `projection` (g z).
Eigen::MatrixXd coefficients(const Eigen::MatrixXd& projection,
                             const FoldInputs& fold,
                             const Eigen::MatrixXd& cross,
                             std::span<const TargetAlpha> pairs) {
  Eigen::MatrixXd shrunk(cross.rows(), std::ssize(pairs));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    shrunk.col(static_cast<Eigen::Index>(i)) =
        cross.col(pairs[i].target).cwiseProduct(fold.gains.col(pairs[i].alpha));
  }
  return projection * shrunk;
}

/// The targets of `pairs` that are neighbours in it, once each.
std::vector<Eigen::Index> distinct_targets(std::span<const TargetAlpha> pairs) {
  std::vector<Eigen::Index> all;
  for (const auto& pair : pairs) {
    if (all.empty() || all.back() != pair.target) all.push_back(pair.target);
  }
  return all;
}

/// Places x targets in double precision.
Eigen::MatrixXd sorted_values(const RidgeInputs& inputs,
                              const RidgeTargets& targets,
                              std::span<const Eigen::Index> some) {
  const auto& order = inputs.strata().order;
  Eigen::MatrixXd y(std::ssize(order), std::ssize(some));
  for (std::size_t i = 0; i < some.size(); ++i) {
    for (std::size_t place = 0; place < order.size(); ++place) {
      y(static_cast<Eigen::Index>(place), static_cast<Eigen::Index>(i)) =
          targets.values()(order[place], some[i]);
    }
  }
  return y;
}

/// Targets in double precision with their mean and cross products over a fold's training words.
struct DoubleTargets {
  Eigen::MatrixXd y;
  Eigen::VectorXd mean;
  Eigen::MatrixXd cross;  ///< directions x targets
};

DoubleTargets double_targets(const RidgeInputs& inputs,
                             const FoldInputs& fold,
                             const RidgeTargets& targets,
                             std::span<const Eigen::Index> some) {
  DoubleTargets made;
  made.y = sorted_values(inputs, targets, some);
  made.mean = Eigen::VectorXd::Zero(made.y.cols());
  Eigen::MatrixXd cross = Eigen::MatrixXd::Zero(inputs.centred().cols(), made.y.cols());
  for (const std::size_t s : inputs.strata().of_fold(fold.fold)) {
    const auto& rows = inputs.strata().rows(s);
    const auto y = made.y.middleRows(rows.begin, rows.size());
    made.mean += y.colwise().sum().transpose();
    cross.noalias() += inputs.centred().middleRows(rows.begin, rows.size()).transpose() * y;
  }
  cross -= fold.basis.mean * made.mean.transpose();
  made.mean /= fold.basis.count;
  made.cross.noalias() = fold.basis.projection.transpose() * cross;
  return made;
}

}  // namespace

Eigen::VectorXd single_precision_loss(const RidgeInputs& inputs,
                                      const FoldInputs& fold,
                                      const RidgeTargets& targets,
                                      const FoldTargets& of_fold,
                                      std::span<const TargetAlpha> pairs) {
  Eigen::VectorXd loss = Eigen::VectorXd::Zero(std::ssize(pairs));
  Eigen::MatrixXf predicted;
  Eigen::ArrayXf error, weighted;
  for (std::size_t first = 0; first < pairs.size(); first += kPairsATime) {
    const auto some = pairs.subspan(first, std::min(kPairsATime, pairs.size() - first));
    const Eigen::MatrixXd exact = coefficients(fold.from_white, fold, of_fold.cross, some);
    const Eigen::MatrixXf beta = exact.cast<float>();
    const Eigen::RowVectorXd shift = fold.mean_white.transpose() * exact;
    for (const std::size_t s : inputs.strata().of_fold(fold.fold)) {
      const auto& rows = inputs.strata().rows(s);
      const auto slot = inputs.strata().slot(s, fold.fold) * inputs.alphas().size();
      for (const auto& piece : cut(rows, kWordsATime)) {
        predicted.noalias() = inputs.white().middleRows(piece.begin, piece.size()) * beta;
        for (std::size_t i = 0; i < some.size(); ++i) {
          const auto column = static_cast<Eigen::Index>(i);
          const auto constant = static_cast<float>(of_fold.mean[some[i].target] - shift[column]);
          error = targets.sorted().col(some[i].target).segment(piece.begin, piece.size()).array() -
                  constant - predicted.col(column).array();
          weighted = inputs.weights(s)
                         .col(slot + some[i].alpha)
                         .segment(piece.begin - rows.begin, piece.size());
          loss[static_cast<Eigen::Index>(first) + column] +=
              static_cast<double>((error.square() * (1 + weighted)).sum());
        }
      }
    }
  }
  return loss;
}

double single_precision_error(double loss, double weighted_squares) {
  const double size = std::sqrt(std::max(loss, 0.0));
  return 1e-6 * size * (size + std::sqrt(std::max(weighted_squares, 0.0)));
}

Eigen::MatrixXd double_precision_cross(const RidgeInputs& inputs,
                                       const FoldInputs& fold,
                                       const RidgeTargets& targets,
                                       std::span<const Eigen::Index> some) {
  return double_targets(inputs, fold, targets, some).cross;
}

CheckedLoss double_precision_loss(const RidgeInputs& inputs,
                                  const FoldInputs& fold,
                                  const RidgeTargets& targets,
                                  std::span<const TargetAlpha> pairs) {
  CheckedLoss checked{Eigen::VectorXd::Zero(std::ssize(pairs)), {}};
  Eigen::VectorXd excess = Eigen::VectorXd::Zero(std::ssize(pairs));
  const auto distinct = distinct_targets(pairs);
  const DoubleTargets doubles = double_targets(inputs, fold, targets, distinct);
  std::vector<TargetAlpha> local(pairs.begin(), pairs.end());
  for (std::size_t i = 0, t = 0; i < pairs.size(); ++i) {
    while (distinct[t] != pairs[i].target) ++t;
    local[i].target = static_cast<Eigen::Index>(t);
  }
  const Eigen::MatrixXd beta = coefficients(fold.basis.projection, fold, doubles.cross, local);
  const Eigen::RowVectorXd shift = fold.basis.mean.transpose() * beta;
  Eigen::MatrixXd predicted;
  for (const std::size_t s : inputs.strata().of_fold(fold.fold)) {
    const auto& rows = inputs.strata().rows(s);
    const auto slot = inputs.strata().slot(s, fold.fold) * inputs.alphas().size();
    for (const auto& piece : cut(rows, kWordsATime)) {
      predicted.noalias() = inputs.centred().middleRows(piece.begin, piece.size()) * beta;
      for (Eigen::Index i = 0; i < predicted.cols(); ++i) {
        const auto& pair = local[static_cast<std::size_t>(i)];
        const Eigen::ArrayXd squares =
            (doubles.y.col(pair.target).segment(piece.begin, piece.size()).array() -
             (doubles.mean[pair.target] - shift[i]) - predicted.col(i).array())
                .square();
        const auto weights = inputs.weights(s)
                                 .col(slot + pair.alpha)
                                 .segment(piece.begin - rows.begin, piece.size())
                                 .cast<double>()
                                 .array();
        const double more = (squares * weights).sum();
        checked.loss[i] += squares.sum() + more;
        excess[i] += more;
      }
    }
  }
  checked.error = 1e-9 * checked.loss + 1e-7 * excess;
  return checked;
}

Eigen::MatrixXd full_loss(const RidgeInputs& inputs,
                          const FoldInputs& fold,
                          const RidgeTargets& targets,
                          std::span<const Eigen::Index> some) {
  Eigen::MatrixXd loss(inputs.alphas().size(), std::ssize(some));
  if (some.empty()) return loss;
  const Eigen::MatrixXd words = fold.basis.coordinates(inputs.centred());
  std::vector<RowRange> training;
  for (const std::size_t s : inputs.strata().of_fold(fold.fold)) {
    training.push_back(inputs.strata().rows(s));
  }
  for (std::size_t first = 0; first < some.size(); first += kTargetsATime) {
    const auto tile = some.subspan(first, std::min(kTargetsATime, some.size() - first));
    const DoubleTargets doubles = double_targets(inputs, fold, targets, tile);
    loss.middleCols(static_cast<Eigen::Index>(first), std::ssize(tile)) = leave_one_out_loss(
        fold.basis, words, training, doubles.y, doubles.mean, doubles.cross, inputs.alphas());
  }
  return loss;
}

}  // namespace lockstep
