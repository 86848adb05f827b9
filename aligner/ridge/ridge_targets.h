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
/// times. They are kept in single precision, 4 bytes a word and target: standardised values lose
/// nothing by it that a fit could show.
class RidgeTargets {
 public:
  /// `y` is rows of the plan x targets and finite, near zero mean and unit variance.
  RidgeTargets(const Eigen::Ref<const Eigen::MatrixXd>& y, const RowStrata& strata);

  Eigen::Index count() const { return sorted_.cols(); }
  /// Places of the strata x targets.
  const Eigen::MatrixXf& sorted() const { return sorted_; }
  /// Some rows of the plan x targets. `strata` are those that this was made for.
  Eigen::MatrixXd values(const RowStrata& strata, const RowRange& rows) const;
  /// Sums over the cell with this number in RowStrata::cells.
  const TargetSums& cell_sums(std::size_t cell) const { return sums_[cell]; }
  /// Sums over the training words of a fold.
  TargetSums training_sums(const RowStrata& strata, int64_t fold) const;

 private:
  Eigen::MatrixXf sorted_;
  std::vector<TargetSums> sums_;  // by cell
};

}  // namespace lockstep
