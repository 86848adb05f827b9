#include "aligner/ridge/checked_loss.h"

#include <algorithm>
#include <numeric>

#include "aligner/ridge/alpha_loss.h"

namespace lockstep {
namespace {

constexpr int64_t kWordsATime = 256;
constexpr std::size_t kPairsATime = 512;
constexpr std::size_t kTargetsATime = 256;

/// A pair as the pass over the words needs it.
struct Column {
  std::size_t fold = 0;  ///< place in the span of folds
  Eigen::Index pair = 0;
  TargetAlpha of;
  float constant = 0;
};

/// Some columns and their coefficients of whitened sensors.
struct Columns {
  std::vector<Column> columns;
  Eigen::MatrixXf beta;  ///< whitened sensors x columns
};

Columns columns_of(std::span<const FoldPairs> folds) {
  Columns all;
  Eigen::Index count = 0;
  for (const auto& fold : folds) count += std::ssize(fold.pairs);
  if (count == 0) return all;
  all.beta.resize(folds.front().inputs.from_white.rows(), count);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    const auto& [inputs, targets, pairs] = folds[f];
    Eigen::MatrixXd shrunk(targets.cross.rows(), std::ssize(pairs));
    for (Eigen::Index i = 0; i < shrunk.cols(); ++i) {
      const auto& pair = pairs[static_cast<std::size_t>(i)];
      shrunk.col(i) = targets.cross.col(pair.target).cwiseProduct(inputs.gains.col(pair.alpha));
    }
    const Eigen::MatrixXd beta = inputs.from_white * shrunk;
    all.beta.middleCols(std::ssize(all.columns), beta.cols()) = beta.cast<float>();
    const Eigen::RowVectorXd shift = inputs.mean_white.transpose() * beta;
    for (Eigen::Index i = 0; i < beta.cols(); ++i) {
      const auto& pair = pairs[static_cast<std::size_t>(i)];
      all.columns.push_back({f, i, pair, static_cast<float>(targets.mean[pair.target] - shift[i])});
    }
  }
  return all;
}

/// The next kPairsATime columns from `first` on whose fold trains on the stratum.
Columns some_of(const Columns& all,
                std::span<const FoldPairs> folds,
                const TrainingCell& stratum,
                std::size_t& first) {
  std::vector<Eigen::Index> chosen;
  for (; first < all.columns.size() && chosen.size() < kPairsATime; ++first) {
    const auto fold = static_cast<std::size_t>(folds[all.columns[first].fold].inputs.fold);
    if (stratum.trains[fold] != 0) chosen.push_back(static_cast<Eigen::Index>(first));
  }
  Columns some{{}, all.beta(Eigen::all, chosen)};
  for (const auto c : chosen) some.columns.push_back(all.columns[static_cast<std::size_t>(c)]);
  return some;
}

/// Adds sum omega e^2 over a stratum.
void add_stratum(const RidgeInputs& inputs,
                 const RidgeTargets& targets,
                 std::size_t stratum,
                 const Columns& some,
                 std::span<const FoldPairs> folds,
                 std::vector<Eigen::VectorXd>& sums) {
  const auto& strata = inputs.strata();
  const auto& rows = strata.rows(stratum);
  const auto& weights = inputs.weights(stratum);
  Eigen::MatrixXf predicted;
  for (const auto& piece : cut(rows, kWordsATime)) {
    predicted.noalias() = inputs.white().middleRows(piece.begin, piece.size()) * some.beta;
    for (std::size_t i = 0; i < some.columns.size(); ++i) {
      const Column& column = some.columns[i];
      const auto slot = strata.slot(stratum, folds[column.fold].inputs.fold);
      const auto y =
          targets.sorted().col(column.of.target).segment(piece.begin, piece.size()).array();
      const auto error = y - column.constant - predicted.col(static_cast<Eigen::Index>(i)).array();
      const auto omega = weights.col(slot * inputs.alphas().size() + column.of.alpha)
                             .segment(piece.begin - rows.begin, piece.size())
                             .array();
      sums[column.fold][column.pair] += static_cast<double>((error.square() * omega).sum());
    }
  }
}

/// Targets in double precision with their mean and cross products over a fold's training words.
struct DoubleTargets {
  Eigen::MatrixXd y;  ///< places x targets
  Eigen::VectorXd mean;
  Eigen::MatrixXd cross;  ///< directions x targets
};

DoubleTargets double_targets(const RidgeInputs& inputs,
                             int64_t fold,
                             const EigenBasis& basis,
                             const RidgeTargets& targets,
                             std::span<const Eigen::Index> some) {
  const InputRows& centred = inputs.recorded().centred;
  DoubleTargets made{targets.sorted()(Eigen::all, some).cast<double>(), {}, {}};
  made.mean = Eigen::VectorXd::Zero(made.y.cols());
  Eigen::MatrixXd cross = Eigen::MatrixXd::Zero(centred.cols(), made.y.cols());
  for (const std::size_t s : inputs.strata().of_fold(fold)) {
    const auto& rows = inputs.strata().rows(s);
    const auto y = made.y.middleRows(rows.begin, rows.size());
    made.mean += y.colwise().sum().transpose();
    cross.noalias() += centred.middleRows(rows.begin, rows.size()).transpose() * y;
  }
  cross -= basis.mean * made.mean.transpose();
  made.mean /= basis.count;
  made.cross.noalias() = basis.projection.transpose() * cross;
  return made;
}

}  // namespace

std::vector<Eigen::VectorXd> weighted_residuals(const RidgeInputs& inputs,
                                                const RidgeTargets& targets,
                                                std::span<const FoldPairs> folds) {
  std::vector<Eigen::VectorXd> sums;
  for (const auto& fold : folds) sums.push_back(Eigen::VectorXd::Zero(std::ssize(fold.pairs)));
  const Columns all = columns_of(folds);
  const auto& strata = inputs.strata();
  for (std::size_t s = 0; s < strata.strata.size(); ++s) {
    for (std::size_t first = 0; first < all.columns.size();) {
      const Columns some = some_of(all, folds, strata.strata[s], first);
      if (!some.columns.empty()) add_stratum(inputs, targets, s, some, folds, sums);
    }
  }
  return sums;
}

Eigen::MatrixXd full_loss(const RidgeInputs& inputs,
                          int64_t fold,
                          const RidgeTargets& targets,
                          std::span<const Eigen::Index> some) {
  Eigen::MatrixXd loss(inputs.alphas().size(), std::ssize(some));
  if (some.empty()) return loss;
  const RecordedInputs& recorded = inputs.recorded();
  const EigenBasis basis = recorded.basis(fold, inputs.scale());
  const Eigen::MatrixXd words = basis.coordinates(recorded.centred);
  std::vector<RowRange> training;
  for (const std::size_t s : inputs.strata().of_fold(fold)) {
    training.push_back(inputs.strata().rows(s));
  }
  for (std::size_t first = 0; first < some.size(); first += kTargetsATime) {
    const auto tile = some.subspan(first, std::min(kTargetsATime, some.size() - first));
    const DoubleTargets doubles = double_targets(inputs, fold, basis, targets, tile);
    loss.middleCols(static_cast<Eigen::Index>(first), std::ssize(tile)) = leave_one_out_loss(
        basis, words, training, doubles.y, doubles.mean, doubles.cross, inputs.alphas());
  }
  return loss;
}

Eigen::MatrixXd full_generalised_loss(const RidgeInputs& inputs,
                                      int64_t fold,
                                      const RidgeTargets& targets) {
  const EigenBasis basis = inputs.recorded().basis(fold, inputs.scale());
  std::vector<Eigen::Index> all(static_cast<std::size_t>(targets.count()));
  std::iota(all.begin(), all.end(), 0);
  const DoubleTargets doubles = double_targets(inputs, fold, basis, targets, all);
  const TargetSums sums = targets.training_sums(inputs.strata(), fold);
  const Eigen::VectorXd squares = sums.squares - sums.count * doubles.mean.cwiseAbs2();
  return generalised_loss(basis.values, basis.count, doubles.cross, squares, inputs.alphas());
}

Eigen::MatrixXd full_block_loss(const RidgeInputs& inputs,
                                int64_t fold,
                                const RidgeTargets& targets,
                                std::span<const Eigen::Index> some) {
  Eigen::MatrixXd loss(inputs.alphas().size(), std::ssize(some));
  if (some.empty()) return loss;
  const RecordedInputs& recorded = inputs.recorded();
  std::vector<int64_t> blocks;
  for (const auto& cell : recorded.cells) {
    if (CellSet{fold}.has(cell)) blocks.push_back(cell.block);
  }
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  const Eigen::VectorXd scale = recorded.scale(fold, inputs.scale());
  for (std::size_t first = 0; first < some.size(); first += kTargetsATime) {
    const auto tile = some.subspan(first, std::min(kTargetsATime, some.size() - first));
    const Eigen::MatrixXd y = targets.sorted()(Eigen::all, tile).cast<double>();
    const auto cross = cross_moments(recorded.centred, y, recorded.cells);
    loss.middleCols(static_cast<Eigen::Index>(first), std::ssize(tile)) = held_out_block_loss(
        {recorded.cells, recorded.moments, cross}, fold, blocks, scale, inputs.alphas());
  }
  return loss;
}

FullFit full_fit(const RidgeInputs& inputs,
                 int64_t fold,
                 const RidgeTargets& targets,
                 std::span<const Eigen::Index> alpha) {
  const EigenBasis basis = inputs.recorded().basis(fold, inputs.scale());
  const Eigen::MatrixXd gains = penalty_gains(basis.values, inputs.alphas());
  std::vector<Eigen::Index> all(alpha.size());
  std::iota(all.begin(), all.end(), 0);
  DoubleTargets doubles = double_targets(inputs, fold, basis, targets, all);
  for (std::size_t d = 0; d < alpha.size(); ++d) {
    doubles.cross.col(static_cast<Eigen::Index>(d)).array() *= gains.col(alpha[d]).array();
  }
  FullFit fit;
  fit.coefficients = basis.projection * doubles.cross;
  fit.constant = doubles.mean.transpose() - basis.mean.transpose() * fit.coefficients;
  return fit;
}

}  // namespace lockstep
