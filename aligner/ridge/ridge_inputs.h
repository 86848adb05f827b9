#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "aligner/ridge/recorded_inputs.h"
#include "aligner/ridge/ridge_cv.h"
#include "aligner/ridge/row_strata.h"
#include "aligner/ridge/whitening.h"

namespace lockstep {

/// What a fold needs of the inputs.
struct FoldInputs {
  int64_t fold = 0;
  /// Whether single-precision products of whitened inputs serve the fold. Not with fewer than 1,000
  /// words, nor where the words that the whitening was made from vary twenty times more than the
  /// training words in a direction that even the smallest penalty leaves alone: rounding errors are
  /// relative to the former. Without it only `fold` and `count` have a value.
  bool single = true;
  /// Whether the loss can be judged by sums first. Not unless `single`, nor with fewer than 8
  /// training words a sensor, nor where a leverage comes close to 1: there every loss is evaluated
  /// in double precision.
  bool screens = true;
  double count = 0;            ///< training words N
  Eigen::VectorXd values;      ///< directions: eigenvalues of the scaled Gram matrix, not below 0
  Eigen::VectorXd scale;       ///< sensors: what each is multiplied by before the penalty acts
  Eigen::MatrixXd gains;       ///< directions x alphas: 1 / (value + alpha)
  Eigen::MatrixXd from_white;  ///< whitened sensors x directions: coordinates = from_white' (w - m)
  Eigen::VectorXd mean_white;  ///< m: mean whitened training word
  /// The excess weight of a word is omega = 1 / (1 - h)^2 - 1, h its leverage: the leave-one-out
  /// loss is sum (1 + omega) e^2. Mean and covariance over the training words, by alpha.
  Eigen::VectorXd mean_weight;
  Eigen::MatrixXd weight_covariance;
  double weight_error = 0;  ///< bound on the relative error of a sum that the weights multiply
};

/// Sums over the whitened words of a part of a stratum: float32 products summed in double.
struct WhiteSums {
  Eigen::VectorXd sum;   ///< whitened sensors
  Eigen::MatrixXd gram;  ///< whitened sensors x whitened sensors, lower triangle
};

/// Sum of (x - mean)(x - mean)' over words, from sums over whitened ones. `backward` may have its
/// columns scaled.
Eigen::MatrixXd sensor_gram(const WhiteSums& sums, double count, const Eigen::MatrixXd& backward);

/// Whether single precision serves a set of training words: in no direction that the smallest alpha
/// leaves alone do the words of the whitening vary much more than these.
bool serves(const Eigen::VectorXd& values,
            double count,
            const Eigen::MatrixXd& from_white,
            double smallest_alpha);

/// The input side of the regression at one time, shared by all targets.
///
/// The n-sized products are float32, of inputs that were whitened in float64: then rounding is
/// relative in every direction of sensor space. What is p-sized (scales, eigenvectors) is float64.
class RidgeInputs {
 public:
  /// `strata` must outlive this and be those of `plan`. With several alphas the weights of the
  /// words are made too.
  RidgeInputs(WhitenedInputs x,
              const TrainingPlan& plan,
              const RowStrata& strata,
              const RidgeOptions& options);
  /// For a single time: `x`, rows of the plan x sensors and finite, is whitened by itself.
  RidgeInputs(const InputRows& x,
              const TrainingPlan& plan,
              const RowStrata& strata,
              const RidgeOptions& options);

  const RowStrata& strata() const { return strata_; }
  const Eigen::VectorXd& alphas() const { return alphas_; }
  InputScale scale() const { return scale_; }
  AlphaBy alpha_by() const { return alpha_by_; }
  const Whitening& map() const { return x_.map; }
  /// Folds that test words, ascending.
  const std::vector<FoldInputs>& folds() const { return folds_; }
  const FoldInputs& fold(int64_t number) const;
  /// Places x whitened sensors.
  const WhiteRows& white() const { return x_.rows; }
  /// What sums are kept over: cells, small ones joined unless alphas are chosen by blocks.
  const std::vector<StratumPart>& parts() const { return parts_; }
  const WhiteSums& sums(std::size_t part) const { return sums_[part]; }
  /// Whether the words have weights.
  bool weighs_words() const { return !weights_.empty(); }
  /// Excess weights of a stratum: its places x (training fold, alpha). Zero for folds that are not
  /// `single`.
  const Eigen::MatrixXf& weights(std::size_t stratum) const { return weights_[stratum]; }
  /// Made when first asked for.
  const RecordedInputs& recorded() const;

 private:
  void add_fold(int64_t fold, const WhiteSums& all);
  void weigh_words(std::size_t stratum);
  void finish_weights();

  const RowStrata& strata_;
  Eigen::VectorXd alphas_;
  InputScale scale_;
  AlphaBy alpha_by_;
  WhitenedInputs x_;
  std::vector<StratumPart> parts_;
  std::vector<WhiteSums> sums_;  // by part
  std::vector<FoldInputs> folds_;
  std::vector<Eigen::MatrixXf> weights_;  // by stratum
  struct Recorded {
    std::once_flag made;
    RecordedInputs inputs;
  };
  std::unique_ptr<Recorded> recorded_ = std::make_unique<Recorded>();
};

}  // namespace lockstep
