#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "aligner/ridge/whitening.h"

namespace lockstep {

/// A fold's coordinates of whitened words, as leverages need them.
struct LeverageBasis {
  const Eigen::MatrixXd& from_white;  ///< whitened sensors x directions
  const Eigen::VectorXd& mean_white;
  const Eigen::MatrixXd& gains;  ///< directions x alphas, smallest alpha first
  double count = 0;              ///< training words
};

/// Excess weights of some words for some folds, and sums over the words that describe them.
struct WordWeights {
  Eigen::MatrixXf weights;                ///< words x (fold, alpha): omega = 1 / (1 - h)^2 - 1
  std::vector<Eigen::VectorXd> sum;       ///< by fold: alphas
  std::vector<Eigen::MatrixXd> products;  ///< by fold: alphas x alphas, sum of omega omega'
  std::vector<double> largest_leverage;   ///< by fold
};

/// h = 1/N + sum_j u_j^2 / (value_j + alpha), u the word's coordinates. Words are taken a hundred
/// at a time through all folds: the coordinates never leave the second-level cache. Leverages above
/// a tenth are computed again in double precision, since 1 - h would lose digits.
WordWeights weigh_words(const Eigen::Ref<const WhiteRows>& words,
                        std::span<const LeverageBasis> folds);

}  // namespace lockstep
