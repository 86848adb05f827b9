#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/moments.h"
#include "aligner/ridge/ridge_cv.h"

namespace lockstep {

/// Candidates x bands: how much freedom each band of inputs has, relative to the others. The mean
/// of a row is 1; a weight of 0 leaves the band out.
using BandWeights = Eigen::MatrixXd;

/// The weights that `search` names. The first row is always equal weights, which is ridge
/// regression without bands.
///   random:N  N rows more, each weight ten to a uniform power between -3 and 3, from the stream
///             (seed, "band weights", row)
///   grid:K    every combination of K weights a band, spaced evenly in the logarithm from 0.01 to
///             100, proportional ones once
/// Throws Error(kCommandLine) for another search, or one of more than 10,000 rows.
BandWeights parse_bands(const std::string& search, int64_t num_bands, uint64_t seed);

/// The candidates without a band: its weight is 0, the mean of the others 1, each row once.
BandWeights without_band(const BandWeights& weights, Eigen::Index band);

/// What a fold gives: FoldFit without a loss, and by target the row of the weights.
struct BandedFit {
  FoldFit fit;
  std::vector<Eigen::Index> candidate;
};

/// Banded ridge regression (Nunez-Elizalde, Huth and Gallant 2019, "Voxelwise encoding models with
/// non-spherical multivariate normal priors"): band b of the inputs has the penalty alpha / w_b,
/// that is, its scaled inputs are multiplied by sqrt(w_b) and fitted with one alpha. Weights and
/// alpha of a target are those with the smallest squared error over held-out blocks of the training
/// words, the first of equals. As G of the weighted inputs is D G D, D = diag(sqrt(w)), every
/// candidate follows from the same sums over blocks: no word is visited again.
class BandedRidge {
 public:
  /// `x` is rows x inputs and finite; `band` has the band of each input. `plan` must outlive this
  /// and have passed check_training_plan() for AlphaBy::kBlock.
  BandedRidge(InputRows x,
              std::vector<Eigen::Index> band,
              const TrainingPlan& plan,
              RidgeOptions options);

  std::vector<CrossMoments> cross(const Eigen::MatrixXd& y) const;

  /// `cross` is cross(y). Thread-safe.
  BandedFit fit(int64_t fold,
                const std::vector<CrossMoments>& cross,
                const BandWeights& weights) const;

 private:
  Eigen::VectorXd weigh(const Eigen::VectorXd& scale, const Eigen::RowVectorXd& weights) const;
  /// The fold's test blocks, each rows x targets, from the sums of its training words.
  std::vector<Eigen::MatrixXd> predict(int64_t fold,
                                       const InputMoments& inputs,
                                       const CrossMoments& targets,
                                       const Eigen::VectorXd& scale,
                                       const Eigen::VectorXd& alpha) const;

  const TrainingPlan& plan_;
  std::vector<Eigen::Index> band_;
  RidgeOptions options_;
  Eigen::VectorXd alphas_;
  Eigen::VectorXd offset_;  // what was taken off x
  InputRows x_;
  std::vector<InputMoments> moments_;  // by cell
  InputMoments all_;
};

}  // namespace lockstep
