#pragma once

#include <Eigen/Core>
#include <vector>

#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/moments.h"
#include "aligner/ridge/row_strata.h"

namespace lockstep {

/// Inputs as recorded, in double precision: what settles what whitened inputs in single precision
/// leave open.
struct RecordedInputs {
  Eigen::VectorXd offset;             ///< mean over all words
  InputRows centred;                  ///< by place of the strata x sensors, offset taken off
  std::vector<TrainingCell> cells;    ///< those of the plan; rows are places
  std::vector<InputMoments> moments;  ///< of `centred`, by cell
  InputMoments all;

  /// The coordinates of a fold whose sensors are scaled by `scale`.
  EigenBasis basis(int64_t fold, InputScale scale) const;
  /// What multiplies the sensors of a fold: input_scale().
  Eigen::VectorXd scale(int64_t fold, InputScale scale) const;
};

/// `x` is rows of the plan x sensors.
RecordedInputs describe_recorded(const InputRows& x, const RowStrata& strata);

}  // namespace lockstep
