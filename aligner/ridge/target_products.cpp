#include "aligner/ridge/target_products.h"

namespace lockstep {
namespace {

constexpr int64_t kWordsATime = 2048;
constexpr int64_t kSquaresATime = 512;

/// Place of each fold that trains on the stratum in RidgeInputs::folds(), and its slot.
struct TrainingFold {
  std::size_t fold;
  Eigen::Index first_column;
};

std::vector<TrainingFold> training_folds(const RidgeInputs& inputs, std::size_t stratum) {
  std::vector<TrainingFold> found;
  const auto& strata = inputs.strata();
  for (std::size_t f = 0; f < inputs.folds().size(); ++f) {
    const int64_t number = inputs.folds()[f].fold;
    if (strata.strata[stratum].trains[static_cast<std::size_t>(number)] == 0) continue;
    found.push_back({f, strata.slot(stratum, number) * inputs.alphas().size()});
  }
  return found;
}

void add_weighted(const RidgeInputs& inputs,
                  const RidgeTargets& targets,
                  std::size_t stratum,
                  TargetProducts& products) {
  const auto folds = training_folds(inputs, stratum);
  const auto& rows = inputs.strata().rows(stratum);
  const auto num_alphas = inputs.alphas().size();
  Eigen::MatrixXf squares, sums;
  for (const auto& piece : cut(rows, kSquaresATime)) {
    const auto y = targets.sorted().middleRows(piece.begin, piece.size());
    const auto weights = inputs.weights(stratum).middleRows(piece.begin - rows.begin, piece.size());
    squares = y.array().square().matrix();
    sums.noalias() = weights.transpose() * squares;
    for (const auto& f : folds) {
      products.weighted_squares[f.fold] +=
          sums.middleRows(f.first_column, num_alphas).cast<double>();
    }
    sums.noalias() = weights.transpose() * y;
    for (const auto& f : folds) {
      products.weighted_sum[f.fold] += sums.middleRows(f.first_column, num_alphas).cast<double>();
    }
  }
}

}  // namespace

TargetProducts multiply(const RidgeInputs& inputs, const RidgeTargets& targets) {
  TargetProducts products;
  const auto& strata = inputs.strata();
  const Eigen::Index num_sensors = inputs.white().cols();
  const bool weighted = inputs.alphas().size() > 1;
  if (weighted) {
    const Eigen::MatrixXd none = Eigen::MatrixXd::Zero(inputs.alphas().size(), targets.count());
    products.weighted_sum.assign(inputs.folds().size(), none);
    products.weighted_squares.assign(inputs.folds().size(), none);
  }
  Eigen::MatrixXf part;
  for (std::size_t s = 0; s < strata.strata.size(); ++s) {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(num_sensors, targets.count());
    if (!strata.folds(s).empty()) {
      for (const auto& piece : cut(strata.rows(s), kWordsATime)) {
        part.noalias() = inputs.white().middleRows(piece.begin, piece.size()).transpose() *
                         targets.sorted().middleRows(piece.begin, piece.size());
        sum += part.cast<double>();
      }
      if (weighted) add_weighted(inputs, targets, s, products);
    }
    products.cross.push_back(std::move(sum));
  }
  return products;
}

FoldTargets describe_fold(const RidgeInputs& inputs,
                          std::size_t fold,
                          const RidgeTargets& targets,
                          const TargetProducts& products) {
  const FoldInputs& of_fold = inputs.folds()[fold];
  const TargetSums sums = targets.training_sums(inputs.strata(), of_fold.fold);
  FoldTargets described;
  described.mean = sums.sum / sums.count;
  described.squares =
      (sums.squares.array() - sums.sum.array() * described.mean.array()).max(0.0).matrix();
  Eigen::MatrixXd cross = -of_fold.mean_white * sums.sum.transpose();
  for (const std::size_t s : inputs.strata().of_fold(of_fold.fold)) cross += products.cross[s];
  described.cross.noalias() = of_fold.from_white.transpose() * cross;
  if (products.weighted_sum.empty()) return described;
  const auto nu = described.mean.transpose().array();
  const Eigen::MatrixXd total_weight =
      of_fold.basis.count * of_fold.mean_weight * nu.square().matrix();
  described.weighted_squares = products.weighted_squares[fold] + total_weight -
                               2 * products.weighted_sum[fold] * described.mean.asDiagonal();
  return described;
}

}  // namespace lockstep
