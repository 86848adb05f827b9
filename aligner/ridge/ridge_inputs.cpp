#include "aligner/ridge/ridge_inputs.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "aligner/ridge/word_leverage.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kWordsATime = 1024;
constexpr double kTrainingWordsASensor = 8;
constexpr Eigen::Index kWordsForSingle = 1000;
constexpr double kVarianceRatio = 20;
constexpr double kLargestLeverage = 0.999;
// Bound on what single precision does to a sum of weights; leverages near 1 multiply it.
constexpr double kWeightRounding = 2e-7;

/// `x` whitened by itself, by place.
WhitenedInputs whiten_alone(const InputRows& x, const RowStrata& strata) {
  const Eigen::VectorXd offset = x.colwise().mean().transpose();
  InputRows sorted(x.rows(), x.cols());
  for (Eigen::Index place = 0; place < x.rows(); ++place) {
    sorted.row(place) = x.row(strata.order[static_cast<std::size_t>(place)]) - offset.transpose();
  }
  Whitening map = make_whitening(input_moments(sorted, {{0, {}, {{0, x.rows()}}}}).front(), offset);
  sorted.rowwise() += offset.transpose();
  WhiteRows rows = whiten(map, sorted);
  return {std::move(map), std::move(rows), [x] { return x; }};
}

WhiteSums add_up(const WhiteRows& white, const RowRange& rows) {
  const Eigen::Index size = white.cols();
  WhiteSums sums{Eigen::VectorXd::Zero(size), Eigen::MatrixXd::Zero(size, size)};
  Eigen::MatrixXf gram(size, size);
  const auto width = static_cast<int>(size);
  for (const auto& piece : cut(rows, kWordsATime)) {
    const auto words = white.middleRows(piece.begin, piece.size());
    // Row-major words are sensors x words to a column-major BLAS.
    cblas_ssyrk(CblasColMajor,
                CblasLower,
                CblasNoTrans,
                width,
                static_cast<int>(piece.size()),
                1.0f,
                words.data(),
                width,
                0.0f,
                gram.data(),
                width);
    for (Eigen::Index j = 0; j < size; ++j) {
      sums.gram.col(j).tail(size - j) += gram.col(j).tail(size - j).cast<double>();
    }
    sums.sum += words.colwise().sum().transpose().cast<double>();
  }
  return sums;
}

/// 1 / standard deviation; 1 for a sensor that the whitening holds to be constant. One that is
/// constant here alone gets so large a value that the fold does without single precision.
Eigen::VectorXd inverse_deviations(const Eigen::MatrixXd& gram,
                                   double count,
                                   const Whitening& map) {
  const Eigen::ArrayXd reference = map.backward.colwise().squaredNorm().transpose();
  Eigen::VectorXd inverse =
      (gram.diagonal().array() / count).max(1e-14 * reference).sqrt().inverse().matrix();
  for (const auto sensor : map.flat) inverse[sensor] = 1;
  return inverse;
}

}  // namespace

Eigen::MatrixXd sensor_gram(const WhiteSums& sums, double count, const Eigen::MatrixXd& backward) {
  Eigen::MatrixXd centred = sums.gram.selfadjointView<Eigen::Lower>();
  centred.noalias() -= sums.sum * (sums.sum / count).transpose();
  const Eigen::MatrixXd half = centred * backward;
  return backward.transpose() * half;
}

bool serves(const Eigen::VectorXd& values,
            double count,
            const Eigen::MatrixXd& from_white,
            double smallest_alpha) {
  const Eigen::ArrayXd of_reference =
      count * from_white.colwise().squaredNorm().transpose().array();
  return (of_reference / (values.array() + smallest_alpha)).maxCoeff() <= kVarianceRatio;
}

RidgeInputs::RidgeInputs(const InputRows& x,
                         const TrainingPlan& plan,
                         const RowStrata& strata,
                         const RidgeOptions& options)
    : RidgeInputs(whiten_alone(x, strata), plan, strata, options) {}

RidgeInputs::RidgeInputs(WhitenedInputs x,
                         const TrainingPlan& plan,
                         const RowStrata& strata,
                         const RidgeOptions& options)
    : strata_(strata),
      alphas_(Eigen::Map<const Eigen::VectorXd>(options.alphas.data(), std::ssize(options.alphas))),
      scale_(options.scale),
      alpha_by_(options.alpha_by),
      x_(std::move(x)) {
  parts_ = joined_cells(strata, alpha_by_ == AlphaBy::kBlock ? 1 : white().cols());
  WhiteSums all{Eigen::VectorXd::Zero(white().cols()),
                Eigen::MatrixXd::Zero(white().cols(), white().cols())};
  if (white().rows() >= kWordsForSingle) {
    for (const auto& part : parts_) {
      sums_.push_back(add_up(white(), part.rows));
      all.sum += sums_.back().sum;
      all.gram += sums_.back().gram;
    }
  }
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    if (plan.num_test(fold) > 0) add_fold(fold, all);
  }
  if (alphas_.size() < 2 || alpha_by_ != AlphaBy::kLeaveOneOut) return;
  for (std::size_t s = 0; s < strata.strata.size(); ++s) weigh_words(s);
  finish_weights();
}

const FoldInputs& RidgeInputs::fold(int64_t number) const {
  for (const auto& fold : folds_) {
    if (fold.fold == number) return fold;
  }
  fail(Blame::kProgram, "fold {} tests no words", number);
}

const RecordedInputs& RidgeInputs::recorded() const {
  std::call_once(recorded_->made,
                 [&] { recorded_->inputs = describe_recorded(x_.recorded(), strata_); });
  return recorded_->inputs;
}

void RidgeInputs::add_fold(int64_t fold, const WhiteSums& all) {
  FoldInputs inputs;
  inputs.fold = fold;
  for (const std::size_t s : strata_.of_fold(fold)) {
    inputs.count += static_cast<double>(strata_.rows(s).size());
  }
  inputs.single = inputs.screens = white().rows() >= kWordsForSingle;
  if (!inputs.single) {
    folds_.push_back(std::move(inputs));
    return;
  }
  WhiteSums training{Eigen::VectorXd::Zero(white().cols()),
                     Eigen::MatrixXd::Zero(white().cols(), white().cols())};
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    if (strata_.strata[parts_[p].stratum].trains[static_cast<std::size_t>(fold)] == 0) continue;
    training.sum += sums_[p].sum;
    training.gram += sums_[p].gram;
  }
  const Eigen::MatrixXd gram = sensor_gram(training, inputs.count, x_.map.backward);
  Eigen::VectorXd& scale = inputs.scale;
  scale = Eigen::VectorXd::Ones(gram.cols());
  if (scale_ == InputScale::kTrain) {
    scale = inverse_deviations(gram, inputs.count, x_.map);
  } else if (scale_ == InputScale::kAll) {
    const auto count = static_cast<double>(white().rows());
    scale = inverse_deviations(sensor_gram(all, count, x_.map.backward), count, x_.map);
  }
  const ScaledEigen eigen = scaled_eigen(gram, scale);
  inputs.values = eigen.values;
  inputs.gains = penalty_gains(inputs.values, alphas_);
  inputs.from_white = x_.map.backward * eigen.projection;
  inputs.mean_white = training.sum / inputs.count;
  inputs.single = serves(inputs.values, inputs.count, inputs.from_white, alphas_[0]);
  inputs.screens =
      inputs.single && inputs.count >= kTrainingWordsASensor * static_cast<double>(white().cols());
  folds_.push_back(std::move(inputs));
}

void RidgeInputs::weigh_words(std::size_t stratum) {
  const auto& rows = strata_.rows(stratum);
  const Eigen::Index num_alphas = alphas_.size();
  std::vector<LeverageBasis> bases;
  std::vector<FoldInputs*> folds;
  for (auto& fold : folds_) {
    if (!fold.single || strata_.strata[stratum].trains[static_cast<std::size_t>(fold.fold)] == 0) {
      continue;
    }
    folds.push_back(&fold);
    bases.push_back({fold.from_white, fold.mean_white, fold.gains, fold.count});
  }
  weights_.emplace_back();
  if (folds.empty()) return;
  WordWeights made = lockstep::weigh_words(white().middleRows(rows.begin, rows.size()), bases);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    FoldInputs& fold = *folds[f];
    if (fold.mean_weight.size() == 0) {
      fold.mean_weight = Eigen::VectorXd::Zero(num_alphas);
      fold.weight_covariance = Eigen::MatrixXd::Zero(num_alphas, num_alphas);
    }
    fold.mean_weight += made.sum[f];
    fold.weight_covariance += made.products[f];
    fold.weight_error = std::max(fold.weight_error, made.largest_leverage[f]);
  }
  const auto num_slots = std::ssize(strata_.folds(stratum));
  if (num_slots == std::ssize(folds)) {
    weights_.back() = std::move(made.weights);
    return;
  }
  weights_.back().setZero(rows.size(), num_slots * num_alphas);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    weights_.back().middleCols(strata_.slot(stratum, folds[f]->fold) * num_alphas, num_alphas) =
        made.weights.middleCols(static_cast<Eigen::Index>(f) * num_alphas, num_alphas);
  }
}

void RidgeInputs::finish_weights() {
  for (auto& fold : folds_) {
    if (!fold.single) continue;
    fold.mean_weight /= fold.count;
    fold.weight_covariance =
        fold.weight_covariance / fold.count - fold.mean_weight * fold.mean_weight.transpose();
    const double largest = fold.weight_error;
    fold.screens &= largest < kLargestLeverage;
    fold.weight_error = kWeightRounding / std::max(1 - largest, 1 - kLargestLeverage);
  }
}

}  // namespace lockstep
