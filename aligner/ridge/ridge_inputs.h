#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/moments.h"
#include "aligner/ridge/ridge_cv.h"
#include "aligner/ridge/row_strata.h"

namespace lockstep {

/// Words x sensors in single precision, a word's values side by side.
using WhiteRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// What a fold needs of the inputs.
struct FoldInputs {
  int64_t fold = 0;
  EigenBasis basis;
  Eigen::MatrixXd gains;       ///< directions x alphas: 1 / (value + alpha)
  Eigen::MatrixXd from_white;  ///< whitened sensors x directions: coordinates = from_white' (w - m)
  Eigen::VectorXd mean_white;  ///< m: mean whitened training word
  /// The excess weight of a word is omega = 1 / (1 - h)^2 - 1, h its leverage: the leave-one-out
  /// loss is sum (1 + omega) e^2. Mean and covariance over the training words, by alpha.
  Eigen::VectorXd mean_weight;
  Eigen::MatrixXd weight_covariance;
  /// Whether single-precision products of whitened inputs serve the fold. Not with fewer than 1,000
  /// words, nor where all words vary ten times more than the training words in a direction that
  /// even the smallest penalty leaves alone: rounding errors are relative to all words.
  bool single = true;
  /// Whether the loss can be judged by sums first. Not unless `single`, nor with fewer than 8
  /// training words a sensor, nor where a leverage comes close to 1: there every loss is evaluated
  /// in double precision.
  bool screens = true;
};

/// The input side of the regression at one time, shared by all targets.
///
/// Sums over words of inputs alone, eigenvectors and scales are float64. The n-sized products that
/// follow are float32, of inputs that were whitened first (in float64): then rounding is relative
/// in every direction of sensor space, however steep the spectrum.
class RidgeInputs {
 public:
  /// `x` is rows of the plan x sensors and finite. `strata` must outlive this. With several alphas
  /// the weights of the words are made too.
  RidgeInputs(const InputRows& x,
              const TrainingPlan& plan,
              const RowStrata& strata,
              const RidgeOptions& options);

  const RowStrata& strata() const { return strata_; }
  const Eigen::VectorXd& alphas() const { return alphas_; }
  /// Folds that test words, ascending.
  const std::vector<FoldInputs>& folds() const { return folds_; }
  const FoldInputs& fold(int64_t number) const;
  /// Places x sensors, centred at the mean of all words.
  const InputRows& centred() const { return x_; }
  /// Places x whitened sensors.
  const WhiteRows& white() const { return white_; }
  /// Excess weights of a stratum: its places x (training fold, alpha).
  /// Those of words with a high leverage were computed in double precision.
  const Eigen::MatrixXf& weights(std::size_t stratum) const { return weights_[stratum]; }

 private:
  void whiten(const InputMoments& all);
  void add_fold(int64_t fold, const InputMoments& training, const Eigen::VectorXd& scale);
  void weigh_words(FoldInputs& fold);
  Eigen::RowVectorXf exact_weights(const FoldInputs& fold, Eigen::Index place) const;

  const RowStrata& strata_;
  Eigen::VectorXd alphas_;
  InputRows x_;
  WhiteRows white_;
  Eigen::MatrixXd unwhiten_;                // whitened sensors x sensors: centred x = w unwhiten
  std::vector<Eigen::VectorXd> white_sum_;  // by stratum
  std::vector<FoldInputs> folds_;
  std::vector<Eigen::MatrixXf> weights_;  // by stratum
};

}  // namespace lockstep
