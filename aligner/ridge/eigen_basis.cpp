#include "aligner/ridge/eigen_basis.h"

#include <lapacke.h>

#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"

namespace lockstep {
namespace {

// Relative rounding error of a sum of squares of up to 1e6 words, with room.
constexpr double kMomentRounding = 1e-13;

double variance_of(const InputMoments& moments, Eigen::Index sensor) {
  const double mean = moments.sum[sensor] / moments.count;
  return moments.gram(sensor, sensor) / moments.count - mean * mean;
}

}  // namespace

std::vector<Eigen::Index> constant_sensors(const InputMoments& moments,
                                           const Eigen::VectorXd& offset) {
  std::vector<Eigen::Index> constant;
  const double n = moments.count;
  for (Eigen::Index sensor = 0; sensor < offset.size(); ++sensor) {
    const double mean = moments.sum[sensor] / n;
    const double variance = variance_of(moments, sensor);
    // The bound of sklearn.utils.extmath / preprocessing._data._is_constant_feature (1.9).
    const double epsilon = std::numeric_limits<double>::epsilon();
    const double size = n * (mean + offset[sensor]) * epsilon;
    // And what the subtraction above leaves of a sensor that is constant here but not everywhere.
    const double rounding = kMomentRounding * mean * mean;
    if (variance <= n * epsilon * variance + size * size + rounding) constant.push_back(sensor);
  }
  return constant;
}

Eigen::VectorXd inverse_deviation(const InputMoments& moments, const Eigen::VectorXd& offset) {
  Eigen::VectorXd inverse(offset.size());
  for (Eigen::Index sensor = 0; sensor < inverse.size(); ++sensor) {
    inverse[sensor] = 1.0 / std::sqrt(variance_of(moments, sensor));
  }
  for (const auto sensor : constant_sensors(moments, offset)) inverse[sensor] = 1;
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

Eigen::MatrixXd penalty_gains(const Eigen::VectorXd& values, const Eigen::VectorXd& alphas) {
  Eigen::MatrixXd gain(values.size(), alphas.size());
  for (Eigen::Index a = 0; a < alphas.size(); ++a) {
    gain.col(a) = (values.array() + alphas[a]).inverse();
  }
  return gain;
}

ScaledEigen scaled_eigen(const Eigen::MatrixXd& gram, const Eigen::VectorXd& scale) {
  ScaledEigen made{Eigen::VectorXd(scale.size()), scale.asDiagonal() * gram * scale.asDiagonal()};
  const auto size = static_cast<lapack_int>(scale.size());
  const lapack_int status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, 'V', 'L', size, made.projection.data(), size, made.values.data());
  if (status != 0) {
    fail(Blame::kProgram, "eigenvalues of a {} x {} matrix: dsyevd says {}", size, size, status);
  }
  made.values = made.values.cwiseMax(0.0);
  made.projection = scale.asDiagonal() * made.projection;
  return made;
}

Eigen::MatrixXd EigenBasis::coordinates(const InputRows& x) const {
  Eigen::MatrixXd words;
  words.noalias() = x * projection;
  words.rowwise() -= mean.transpose() * projection;
  return words;
}

EigenBasis make_eigen_basis(const InputMoments& moments, const Eigen::VectorXd& scale) {
  const Eigen::VectorXd mean = moments.mean();
  ScaledEigen eigen = scaled_eigen(centred_gram(moments, mean), scale);
  return {moments.count, mean, std::move(eigen.projection), std::move(eigen.values)};
}

Eigen::MatrixXd project_cross(const EigenBasis& basis,
                              const InputMoments& inputs,
                              const CrossMoments& targets) {
  const Eigen::VectorXd mean_y = targets.sum / inputs.count;
  return basis.projection.transpose() * centred_cross(inputs, targets, basis.mean, mean_y);
}

}  // namespace lockstep
