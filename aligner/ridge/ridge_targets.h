#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/row_strata.h"

namespace lockstep {

/// Sums of targets over a set of words.
struct TargetSums {
  double count = 0;
  Eigen::VectorXd sum;      ///< targets
  Eigen::VectorXd squares;  ///< targets

  TargetSums& operator+=(const TargetSums& other);
};

/// The target side of the regression: values that do not depend on time, made once and read by all
/// times.
class RidgeTargets {
 public:
  /// `y` is rows of the plan x targets and finite; near zero mean and unit variance for the sake of
  /// the single-precision copy.
  RidgeTargets(Eigen::MatrixXd y, const RowStrata& strata);

  const Eigen::MatrixXd& values() const { return values_; }
  Eigen::Index count() const { return values_.cols(); }
  /// Places of the strata x targets.
  const Eigen::MatrixXf& sorted() const { return sorted_; }
  /// Sums over the training words of a fold.
  TargetSums training_sums(const RowStrata& strata, int64_t fold) const;

 private:
  Eigen::MatrixXd values_;
  Eigen::MatrixXf sorted_;
  std::vector<TargetSums> sums_;  // by stratum
};

}  // namespace lockstep
