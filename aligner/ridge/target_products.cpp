#include "aligner/ridge/target_products.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr int64_t kWordsATime = 2048;
constexpr int64_t kSquaresATime = 256;

void add_weighted_squares(const RidgeInputs& inputs,
                          const RidgeTargets& targets,
                          std::size_t stratum,
                          TargetProducts& products) {
  const auto& strata = inputs.strata();
  const auto& rows = strata.rows(stratum);
  const auto& weights = inputs.weights(stratum);
  if (weights.size() == 0) return;
  const auto num_alphas = inputs.alphas().size();
  Eigen::MatrixXf squares, part;
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(weights.cols(), targets.count());
  for (const auto& piece : cut(rows, kSquaresATime)) {
    const auto y = targets.sorted().middleRows(piece.begin, piece.size());
    squares = y.array().square().matrix();
    part.noalias() =
        weights.middleRows(piece.begin - rows.begin, piece.size()).transpose() * squares;
    sums += part.cast<double>();
  }
  for (std::size_t f = 0; f < inputs.folds().size(); ++f) {
    const int64_t number = inputs.folds()[f].fold;
    if (strata.strata[stratum].trains[static_cast<std::size_t>(number)] == 0) continue;
    products.weighted_squares[f] +=
        sums.middleRows(strata.slot(stratum, number) * num_alphas, num_alphas);
  }
}

}  // namespace

TargetProducts multiply(const RidgeInputs& inputs, const RidgeTargets& targets) {
  TargetProducts products;
  const auto& folds = inputs.folds();
  if (std::none_of(folds.begin(), folds.end(), [](const auto& fold) { return fold.single; })) {
    return products;
  }
  Eigen::MatrixXf part;
  for (const auto& of : inputs.parts()) {
    auto& sum =
        products.cross.emplace_back(Eigen::MatrixXd::Zero(inputs.white().cols(), targets.count()));
    for (const auto& piece : cut(of.rows, kWordsATime)) {
      part.noalias() = inputs.white().middleRows(piece.begin, piece.size()).transpose() *
                       targets.sorted().middleRows(piece.begin, piece.size());
      sum += part.cast<double>();
    }
  }
  if (!inputs.weighs_words()) return products;
  products.weighted_squares.assign(folds.size(),
                                   Eigen::MatrixXd::Zero(inputs.alphas().size(), targets.count()));
  for (std::size_t s = 0; s < inputs.strata().strata.size(); ++s) {
    add_weighted_squares(inputs, targets, s, products);
  }
  return products;
}

FoldTargets describe_fold(const RidgeInputs& inputs,
                          std::size_t fold,
                          const RidgeTargets& targets,
                          const TargetProducts& products) {
  const FoldInputs& of_fold = inputs.folds()[fold];
  const auto& strata = inputs.strata();
  const TargetSums sums = targets.training_sums(strata, of_fold.fold);
  FoldTargets described;
  described.mean = sums.sum / sums.count;
  if (!of_fold.single) return described;
  described.squares =
      (sums.squares.array() - sums.sum.array() * described.mean.array()).max(0.0).matrix();
  Eigen::MatrixXd cross = -of_fold.mean_white * sums.sum.transpose();
  for (std::size_t p = 0; p < inputs.parts().size(); ++p) {
    const auto& stratum = strata.strata[inputs.parts()[p].stratum];
    if (stratum.trains[static_cast<std::size_t>(of_fold.fold)] != 0) cross += products.cross[p];
  }
  described.cross.noalias() = of_fold.from_white.transpose() * cross;
  if (products.weighted_squares.empty()) return described;
  described.weighted_squares =
      products.weighted_squares[fold] -
      of_fold.count * of_fold.mean_weight * described.mean.cwiseAbs2().transpose();
  return described;
}

}  // namespace lockstep
