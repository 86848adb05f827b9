#include "aligner/ridge/word_leverage.h"

#include <algorithm>

#include "aligner/ridge/row_strata.h"

namespace lockstep {
namespace {

// 128 words x (4 folds x 269 sensors) in single precision are 550 KB.
constexpr int64_t kWordsATime = 128;
// Above this leverage 1 - h loses too many digits of single precision.
constexpr float kHighLeverage = 0.1f;

/// 1 / (1 - h)^2 - 1 without cancellation.
template <class Leverage>
auto excess_weight(const Leverage& h) {
  const auto odds = (h / (1 - h)).eval();
  return (odds * (2 + odds)).eval();
}

/// The bases of all folds side by side in single precision.
struct Stacked {
  Eigen::MatrixXf from_white;  ///< whitened sensors x (fold, direction)
  Eigen::RowVectorXf mean;     ///< (fold, direction)
  Eigen::MatrixXf gains;       ///< directions x (fold, alpha)
};

Stacked stack(std::span<const LeverageBasis> folds) {
  const auto directions = folds.front().from_white.cols();
  const auto alphas = folds.front().gains.cols();
  const auto count = std::ssize(folds);
  Stacked all{Eigen::MatrixXf(folds.front().from_white.rows(), count * directions),
              Eigen::RowVectorXf(count * directions),
              Eigen::MatrixXf(directions, count * alphas)};
  for (Eigen::Index f = 0; f < count; ++f) {
    const auto& fold = folds[static_cast<std::size_t>(f)];
    all.from_white.middleCols(f * directions, directions) = fold.from_white.cast<float>();
    all.mean.segment(f * directions, directions) =
        (fold.mean_white.transpose() * fold.from_white).cast<float>();
    all.gains.middleCols(f * alphas, alphas) = fold.gains.cast<float>();
  }
  return all;
}

Eigen::RowVectorXd exact_leverage(const LeverageBasis& fold, const Eigen::RowVectorXf& word) {
  const Eigen::VectorXd u =
      fold.from_white.transpose() * (word.cast<double>().transpose() - fold.mean_white);
  return (u.cwiseAbs2().transpose() * fold.gains).array() + 1.0 / fold.count;
}

}  // namespace

WordWeights weigh_words(const Eigen::Ref<const WhiteRows>& words,
                        std::span<const LeverageBasis> folds) {
  const Stacked all = stack(folds);
  const auto count = std::ssize(folds);
  const Eigen::Index directions = all.gains.rows();
  const Eigen::Index alphas = all.gains.cols() / count;
  WordWeights made;
  made.weights.resize(words.rows(), count * alphas);
  made.sum.assign(folds.size(), Eigen::VectorXd::Zero(alphas));
  made.products.assign(folds.size(), Eigen::MatrixXd::Zero(alphas, alphas));
  made.largest_leverage.assign(folds.size(), 0);
  Eigen::MatrixXf coordinates, leverage, weight, products;
  for (const auto& piece : cut({0, words.rows()}, kWordsATime)) {
    coordinates.noalias() = words.middleRows(piece.begin, piece.size()) * all.from_white;
    weight.resize(piece.size(), count * alphas);
    for (Eigen::Index f = 0; f < count; ++f) {
      const auto& fold = folds[static_cast<std::size_t>(f)];
      auto own = coordinates.middleCols(f * directions, directions);
      for (Eigen::Index j = 0; j < directions; ++j) {
        own.col(j) = (own.col(j).array() - all.mean[f * directions + j]).square().matrix();
      }
      leverage.noalias() = own * all.gains.middleCols(f * alphas, alphas);
      leverage.array() += static_cast<float>(1.0 / fold.count);
      auto& largest = made.largest_leverage[static_cast<std::size_t>(f)];
      weight.middleCols(f * alphas, alphas) = excess_weight(leverage.array()).matrix();
      for (int64_t i = 0; i < piece.size(); ++i) {
        largest = std::max(largest, static_cast<double>(leverage(i, 0)));
        if (leverage(i, 0) < kHighLeverage) continue;
        const Eigen::RowVectorXd h = exact_leverage(fold, words.row(piece.begin + i));
        largest = std::max(largest, h[0]);
        weight.block(i, f * alphas, 1, alphas) =
            excess_weight(h.array()).template cast<float>().matrix();
      }
    }
    made.weights.middleRows(piece.begin, piece.size()) = weight;
    products.noalias() = weight.transpose() * weight;
    for (Eigen::Index f = 0; f < count; ++f) {
      made.sum[static_cast<std::size_t>(f)] +=
          weight.middleCols(f * alphas, alphas).colwise().sum().transpose().cast<double>();
      made.products[static_cast<std::size_t>(f)] +=
          products.block(f * alphas, f * alphas, alphas, alphas).cast<double>();
    }
  }
  return made;
}

}  // namespace lockstep
