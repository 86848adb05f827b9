#include "aligner/ridge/fold_choice.h"

#include <limits>
#include <utility>

#include "aligner/ridge/checked_loss.h"

namespace lockstep {
namespace {

constexpr int64_t kWordsATime = 512;

}  // namespace

FoldChoice fit_choice(const RidgeInputs& inputs,
                      const FoldInputs& fold,
                      const RidgeTargets& targets,
                      const FoldTargets& of_fold,
                      std::vector<Eigen::Index> alpha) {
  FoldChoice choice{fold.fold, std::move(alpha), fold.single, {}, {}};
  if (!fold.single) {
    FullFit fit = full_fit(inputs, fold.fold, targets, choice.alpha);
    choice.coefficients = std::move(fit.coefficients);
    choice.constant = std::move(fit.constant);
    return choice;
  }
  Eigen::MatrixXd shrunk = of_fold.cross;
  for (Eigen::Index d = 0; d < shrunk.cols(); ++d) {
    shrunk.col(d).array() *= fold.gains.col(choice.alpha[static_cast<std::size_t>(d)]).array();
  }
  choice.coefficients.noalias() = fold.from_white * shrunk;
  choice.constant = of_fold.mean.transpose() - fold.mean_white.transpose() * choice.coefficients;
  return choice;
}

/// A few hundred words at a time, lest large temporaries cost more than the product.
Eigen::MatrixXd predict_places(const RidgeInputs& inputs,
                               const RowRange& places,
                               const FoldChoice& choice) {
  Eigen::MatrixXd predicted(places.size(), choice.coefficients.cols());
  if (!choice.of_white) {
    predicted.noalias() =
        inputs.recorded().centred.middleRows(places.begin, places.size()) * choice.coefficients;
    predicted.rowwise() += choice.constant;
    return predicted;
  }
  // Columns are brought to the size of 1 first, so that small ones do not vanish.
  const Eigen::RowVectorXd size = choice.coefficients.cwiseAbs().colwise().maxCoeff().cwiseMax(
      std::numeric_limits<double>::min());
  const Eigen::MatrixXf scaled =
      (choice.coefficients * size.cwiseInverse().asDiagonal()).cast<float>();
  Eigen::MatrixXf product;
  for (const auto& piece : cut(places, kWordsATime)) {
    product.noalias() = inputs.white().middleRows(piece.begin, piece.size()) * scaled;
    predicted.middleRows(piece.begin - places.begin, piece.size()) =
        (product.cast<double>() * size.asDiagonal()).rowwise() + choice.constant;
  }
  return predicted;
}

FoldFit predict(const RidgeInputs& inputs, const TrainingPlan& plan, const FoldChoice& choice) {
  FoldFit fit;
  for (const auto a : choice.alpha) fit.alpha.push_back(inputs.alphas()[a]);
  const auto& strata = inputs.strata();
  for (const int64_t block : plan.test_blocks(choice.fold)) {
    const auto& rows = plan.block_rows[static_cast<std::size_t>(block)];
    auto& predicted = fit.predicted.emplace_back(rows.size(), choice.coefficients.cols());
    for (const auto& cell : strata.cells) {
      if (cell.block != block) continue;
      const Eigen::MatrixXd of_cell = predict_places(inputs, cell.rows, choice);
      for (int64_t i = 0; i < cell.rows.size(); ++i) {
        const int64_t row = strata.order[static_cast<std::size_t>(cell.rows.begin + i)];
        predicted.row(row - rows.begin) = of_cell.row(i);
      }
    }
  }
  return fit;
}

}  // namespace lockstep
