#include "aligner/ridge/dual_coordinates.h"

#include <lapacke.h>

#include <limits>

#include "base/error.h"

namespace lockstep {
namespace {

InputRows rows_in(const InputRows& x, const std::vector<RowRange>& ranges) {
  Eigen::Index count = 0;
  for (const auto& range : ranges) count += range.size();
  InputRows some(count, x.cols());
  Eigen::Index at = 0;
  for (const auto& range : ranges) {
    some.middleRows(at, range.size()) = x.middleRows(range.begin, range.size());
    at += range.size();
  }
  return some;
}

/// inverse_deviation() input by input: a Gram matrix of all inputs would be larger than they are.
Eigen::VectorXd deviations_of(const InputRows& words, const Eigen::RowVectorXd& offset) {
  Eigen::VectorXd inverse(words.cols());
  for (Eigen::Index input = 0; input < words.cols(); ++input) {
    const Eigen::VectorXd centred = words.col(input).array() - offset[input];
    const InputMoments moments{static_cast<double>(words.rows()),
                               Eigen::VectorXd::Constant(1, centred.sum()),
                               Eigen::MatrixXd::Constant(1, 1, centred.squaredNorm())};
    inverse[input] = inverse_deviation(moments, Eigen::VectorXd::Constant(1, offset[input]))[0];
  }
  return inverse;
}

}  // namespace

InputRows dual_coordinates(const InputRows& x,
                           const TrainingPlan& plan,
                           int64_t fold,
                           InputScale scale_by) {
  InputRows trained = rows_in(x, plan.training_rows(fold));
  const Eigen::RowVectorXd offset = x.colwise().mean();
  const Eigen::VectorXd scale = scale_by == InputScale::kTrain ? deviations_of(trained, offset)
                                : scale_by == InputScale::kAll ? deviations_of(x, offset)
                                                               : Eigen::VectorXd::Ones(x.cols());
  const Eigen::RowVectorXd mean = trained.colwise().mean();
  trained = (trained.rowwise() - mean) * scale.asDiagonal();
  const InputRows all = (x.rowwise() - mean) * scale.asDiagonal();
  Eigen::MatrixXd vectors(trained.rows(), trained.rows());
  vectors.noalias() = trained * trained.transpose();
  Eigen::VectorXd values(trained.rows());
  const auto size = static_cast<lapack_int>(trained.rows());
  const lapack_int status =
      LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', size, vectors.data(), size, values.data());
  if (status != 0) {
    fail(Blame::kProgram, "eigenvalues of a {} x {} matrix: dsyevd says {}", size, size, status);
  }
  const double floor =
      values.maxCoeff() * static_cast<double>(x.cols()) * std::numeric_limits<double>::epsilon();
  Eigen::Index kept = 0;  // values ascend
  while (kept < values.size() && values[values.size() - 1 - kept] > floor) ++kept;
  if (kept == 0) return InputRows::Zero(x.rows(), 1);
  const Eigen::MatrixXd directions =
      trained.transpose() *
      (vectors.rightCols(kept) * values.tail(kept).cwiseSqrt().cwiseInverse().asDiagonal());
  InputRows coordinates(x.rows(), kept);
  coordinates.noalias() = all * directions;
  return coordinates;
}

}  // namespace lockstep
