#include "aligner/ridge/eigen_basis.h"

#include <lapacke.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace lockstep {
namespace {

// Relative rounding error of a sum of squares of up to 1e6 words, with room.
constexpr double kMomentRounding = 1e-13;

}  // namespace

Eigen::VectorXd inverse_deviation(const InputMoments& moments, const Eigen::VectorXd& offset) {
  const double n = moments.count;
  const Eigen::VectorXd mean = moments.mean();
  Eigen::VectorXd inverse(mean.size());
  for (Eigen::Index sensor = 0; sensor < mean.size(); ++sensor) {
    const double variance = moments.gram(sensor, sensor) / n - mean[sensor] * mean[sensor];
    // The bound of sklearn.utils.extmath / preprocessing._data._is_constant_feature (1.9).
    const double epsilon = std::numeric_limits<double>::epsilon();
    const double size = n * (mean[sensor] + offset[sensor]) * epsilon;
    // And what the subtraction above leaves of a sensor that is constant here but not everywhere.
    const double rounding = kMomentRounding * mean[sensor] * mean[sensor];
    const bool constant = variance <= n * epsilon * variance + size * size + rounding;
    inverse[sensor] = constant ? 1.0 : 1.0 / std::sqrt(variance);
  }
  return inverse;
}

Eigen::VectorXd input_scale(InputScale scale,
                            const InputMoments& training,
                            const InputMoments& all,
                            const Eigen::VectorXd& offset) {
  switch (scale) {
    case InputScale::kTrain:
      return inverse_deviation(training, offset);
    case InputScale::kAll:
      return inverse_deviation(all, offset);
    case InputScale::kNone:
      break;
  }
  return Eigen::VectorXd::Ones(training.sum.size());
}

Eigen::MatrixXd EigenBasis::gains(const Eigen::VectorXd& alphas) const {
  Eigen::MatrixXd gain(values.size(), alphas.size());
  for (Eigen::Index a = 0; a < alphas.size(); ++a) {
    gain.col(a) = (values.array() + alphas[a]).inverse();
  }
  return gain;
}

Eigen::MatrixXd EigenBasis::coordinates(const InputRows& x) const {
  Eigen::MatrixXd words;
  words.noalias() = x * projection;
  words.rowwise() -= mean.transpose() * projection;
  return words;
}

EigenBasis make_eigen_basis(const InputMoments& moments, const Eigen::VectorXd& scale) {
  EigenBasis basis;
  basis.count = moments.count;
  basis.mean = moments.mean();
  basis.projection = scale.asDiagonal() * centred_gram(moments, basis.mean) * scale.asDiagonal();
  basis.values.resize(scale.size());
  const auto size = static_cast<lapack_int>(scale.size());
  const lapack_int status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, 'V', 'L', size, basis.projection.data(), size, basis.values.data());
  if (status != 0) {
    fail(Blame::kProgram, "eigenvalues of a {} x {} matrix: dsyevd says {}", size, size, status);
  }
  basis.values = basis.values.cwiseMax(0.0);
  basis.projection = scale.asDiagonal() * basis.projection;
  return basis;
}

Eigen::MatrixXd project_cross(const EigenBasis& basis,
                              const InputMoments& inputs,
                              const CrossMoments& targets) {
  const Eigen::VectorXd mean_y = targets.sum / inputs.count;
  return basis.projection.transpose() * centred_cross(inputs, targets, basis.mean, mean_y);
}

}  // namespace lockstep
