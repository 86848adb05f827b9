#include "aligner/ridge/ridge_inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace lockstep {
namespace {

// 256 words x 269 sensors in single precision are 275 KB: they stay in the second-level cache.
constexpr int64_t kWordsATime = 256;
// Above this leverage 1 - h loses too many digits of single precision.
constexpr float kHighLeverage = 0.1f;
constexpr double kTrainingWordsASensor = 8;
constexpr Eigen::Index kWordsForSingle = 1000;
constexpr double kVarianceRatio = 100;
constexpr float kLargestWeight = 1e6f;

InputRows sort_rows(const InputRows& x, const RowStrata& strata) {
  const Eigen::RowVectorXd mean = x.colwise().mean();
  InputRows sorted(x.rows(), x.cols());
  for (Eigen::Index place = 0; place < x.rows(); ++place) {
    sorted.row(place) = x.row(strata.order[static_cast<std::size_t>(place)]) - mean;
  }
  return sorted;
}

/// 1 / (1 - h)^2 - 1 without cancellation.
template <class Leverage>
auto excess_weight(const Leverage& h) {
  const auto odds = (h / (1 - h)).eval();
  return (odds * (2 + odds)).eval();
}

}  // namespace

RidgeInputs::RidgeInputs(const InputRows& x,
                         const TrainingPlan& plan,
                         const RowStrata& strata,
                         const RidgeOptions& options)
    : strata_(strata),
      alphas_(Eigen::Map<const Eigen::VectorXd>(options.alphas.data(), std::ssize(options.alphas))),
      x_(sort_rows(x, strata)) {
  const Eigen::VectorXd offset = x.colwise().mean().transpose();
  const auto moments = input_moments(x_, strata.strata);
  InputMoments all;
  for (const auto& of_stratum : moments) all += of_stratum;
  whiten(all);
  for (std::size_t s = 0; s < strata.strata.size(); ++s) {
    const auto& rows = strata.rows(s);
    white_sum_.push_back(
        white_.middleRows(rows.begin, rows.size()).cast<double>().colwise().sum().transpose());
  }
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    if (plan.num_test(fold) == 0) continue;
    const InputMoments training = total(moments, strata.strata, CellSet{fold});
    add_fold(fold, training, input_scale(options.scale, training, all, offset));
  }
  if (alphas_.size() < 2) return;
  for (std::size_t s = 0; s < strata.strata.size(); ++s) {
    weights_.emplace_back(strata.rows(s).size(), std::ssize(strata.folds(s)) * alphas_.size());
  }
  for (auto& fold : folds_) weigh_words(fold);
}

const FoldInputs& RidgeInputs::fold(int64_t number) const {
  for (const auto& fold : folds_) {
    if (fold.fold == number) return fold;
  }
  fail(Blame::kProgram, "fold {} tests no words", number);
}

/// Sensors are scaled before they are rotated, so that units that differ by many powers of ten
/// leave the small ones their digits. Directions without variance are floored: they stay noise of
/// the size of rounding.
void RidgeInputs::whiten(const InputMoments& all) {
  const Eigen::VectorXd scale = inverse_deviation(all, Eigen::VectorXd::Zero(x_.cols()));
  const EigenBasis basis = make_eigen_basis(all, scale);
  const double largest = basis.values.maxCoeff();
  const double floor = std::max(largest * static_cast<double>(x_.cols()) * 1e-15,
                                std::numeric_limits<double>::min());
  const Eigen::VectorXd deviation = (basis.values.array().max(floor) / all.count).sqrt();
  const Eigen::MatrixXd forward = basis.projection * deviation.cwiseInverse().asDiagonal();
  unwhiten_ = deviation.asDiagonal() * basis.projection.transpose() *
              scale.cwiseAbs2().cwiseInverse().asDiagonal();
  white_.resize(x_.rows(), x_.cols());
  InputRows piece;
  for (const auto& places : cut({0, x_.rows()}, 4 * kWordsATime)) {
    piece.noalias() = x_.middleRows(places.begin, places.size()) * forward;
    white_.middleRows(places.begin, places.size()) = piece.cast<float>();
  }
}

void RidgeInputs::add_fold(int64_t fold,
                           const InputMoments& training,
                           const Eigen::VectorXd& scale) {
  FoldInputs inputs;
  inputs.fold = fold;
  inputs.basis = make_eigen_basis(training, scale);
  inputs.gains = inputs.basis.gains(alphas_);
  inputs.from_white = unwhiten_ * inputs.basis.projection;
  inputs.mean_white = Eigen::VectorXd::Zero(x_.cols());
  for (const std::size_t s : strata_.of_fold(fold)) inputs.mean_white += white_sum_[s];
  inputs.mean_white /= training.count;
  const Eigen::ArrayXd of_all = training.count * inputs.from_white.colwise().squaredNorm().array();
  const double ratio = (of_all / (inputs.basis.values.array() + alphas_[0])).maxCoeff();
  inputs.single = x_.rows() >= kWordsForSingle && ratio <= kVarianceRatio;
  inputs.screens =
      inputs.single && training.count >= kTrainingWordsASensor * static_cast<double>(x_.cols());
  folds_.push_back(std::move(inputs));
}

Eigen::RowVectorXf RidgeInputs::exact_weights(const FoldInputs& fold, Eigen::Index place) const {
  const Eigen::VectorXd word =
      fold.basis.projection.transpose() * (x_.row(place).transpose() - fold.basis.mean);
  const Eigen::RowVectorXd leverage = word.cwiseAbs2().transpose() * fold.gains;
  return excess_weight(leverage.array() + 1.0 / fold.basis.count).template cast<float>().matrix();
}

void RidgeInputs::weigh_words(FoldInputs& fold) {
  const Eigen::MatrixXf from_white = fold.from_white.cast<float>();
  const Eigen::RowVectorXf mean = (fold.mean_white.transpose() * fold.from_white).cast<float>();
  const Eigen::MatrixXf gains = fold.gains.cast<float>();
  const auto constant = static_cast<float>(1.0 / fold.basis.count);
  const Eigen::Index num_alphas = alphas_.size();
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(num_alphas);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(num_alphas, num_alphas);
  float largest = 0;
  Eigen::MatrixXf words, leverage, weight;
  for (const std::size_t s : strata_.of_fold(fold.fold)) {
    const auto first = strata_.slot(s, fold.fold) * num_alphas;
    for (const auto& piece : cut(strata_.rows(s), kWordsATime)) {
      words.noalias() = white_.middleRows(piece.begin, piece.size()) * from_white;
      words = (words.rowwise() - mean).array().square().matrix();
      leverage.noalias() = words * gains;
      leverage.array() += constant;
      weight = excess_weight(leverage.array()).matrix();
      for (int64_t i = 0; i < piece.size(); ++i) {
        if (!(leverage(i, 0) < kHighLeverage)) {
          weight.row(i) = exact_weights(fold, piece.begin + i);
        }
      }
      weights_[s].block(piece.begin - strata_.rows(s).begin, first, piece.size(), num_alphas) =
          weight;
      largest = std::max(largest, weight.maxCoeff());
      sum += weight.colwise().sum().transpose().cast<double>();
      products += (weight.transpose() * weight).cast<double>();
    }
  }
  fold.mean_weight = sum / fold.basis.count;
  fold.weight_covariance =
      products / fold.basis.count - fold.mean_weight * fold.mean_weight.transpose();
  fold.screens &= std::isfinite(largest) && largest < kLargestWeight;
}

}  // namespace lockstep
