#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/moments.h"

namespace lockstep {

/// Which words give the standard deviation by which a sensor is divided before the penalty acts.
enum class InputScale {
  kTrain,  ///< the training words of the fold, as StandardScaler in a pipeline does
  kAll,    ///< all analysed words
  kNone    ///< no scaling: the penalty is in the sensors' own units
};

/// Sensors that are constant over the words of `moments`. `offset` is what was taken off every
/// input before the moments were made: whether a variance is rounding error depends on the size of
/// the values.
std::vector<Eigen::Index> constant_sensors(const InputMoments& moments,
                                           const Eigen::VectorXd& offset);

/// 1 / standard deviation of each sensor over the words of `moments` (population standard
/// deviation, ddof 0, as sklearn.preprocessing.StandardScaler); 1 for constant_sensors().
Eigen::VectorXd inverse_deviation(const InputMoments& moments, const Eigen::VectorXd& offset);

/// What each sensor is multiplied by before the penalty acts: inverse_deviation() of the words that
/// `scale` names, or 1.
Eigen::VectorXd input_scale(InputScale scale,
                            const InputMoments& training,
                            const InputMoments& all,
                            const Eigen::VectorXd& offset);

/// 1 / (value + alpha): directions x alphas.
Eigen::MatrixXd penalty_gains(const Eigen::VectorXd& values, const Eigen::VectorXd& alphas);

/// Eigenvectors of a scaled Gram matrix: with a the scale and G a centred Gram matrix,
///   diag(a) G diag(a) = V diag(values) V'
struct ScaledEigen {
  Eigen::VectorXd values;      ///< ascending, not below 0
  Eigen::MatrixXd projection;  ///< sensors x directions: diag(a) V
};

/// Throws Error(kProgram) if LAPACK's dsyevd fails.
ScaledEigen scaled_eigen(const Eigen::MatrixXd& gram, const Eigen::VectorXd& scale);

/// The coordinates in which the Gram matrix of a set of training words is diagonal:
///   a (x - mean) = rotation of the coordinates, G = sum a(x - mean)(x - mean)'a = V diag(values)
///   V'
struct EigenBasis {
  double count = 0;            ///< training words N
  Eigen::VectorXd mean;        ///< sensors
  Eigen::MatrixXd projection;  ///< sensors x directions: a V; (x - mean)' projection are the
                               ///< coordinates of a word
  Eigen::VectorXd values;      ///< directions: eigenvalues, not below 0

  /// Coordinates of words: words x directions.
  Eigen::MatrixXd coordinates(const InputRows& x) const;
};

EigenBasis make_eigen_basis(const InputMoments& moments, const Eigen::VectorXd& scale);

/// directions x targets: sum over the training words of their coordinates times the centred
/// targets.
Eigen::MatrixXd project_cross(const EigenBasis& basis,
                              const InputMoments& inputs,
                              const CrossMoments& targets);

}  // namespace lockstep
