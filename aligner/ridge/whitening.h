#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <vector>

#include "aligner/ridge/moments.h"

namespace lockstep {

/// Words x whitened sensors in single precision, a word's values side by side.
using WhiteRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// An invertible map of sensor space after which directions have variances near 1, so that rounding
/// to single precision is relative in every direction, however steep the spectrum of the sensors.
/// Nothing relies on the variances being exactly 1: one map serves all times of a subject.
struct Whitening {
  Eigen::VectorXd centre;    ///< sensors
  Eigen::MatrixXd forward;   ///< sensors x directions: w = (x - centre)' forward
  Eigen::MatrixXd backward;  ///< directions x sensors: x - centre = w' backward
  /// Sensors that are constant over the reference words: left out of the map, taken as 0.
  std::vector<Eigen::Index> flat;
};

/// `moments` are sums over reference words of x - offset. Sensors are scaled before they are
/// rotated, so that units that differ by many powers of ten leave the small ones their digits.
/// Directions without variance are floored: they stay noise of the size of rounding.
Whitening make_whitening(const InputMoments& moments, const Eigen::VectorXd& offset);

/// Whitened rows of `x` (rows x sensors), in double precision up to the final rounding.
WhiteRows whiten(const Whitening& map, const Eigen::Ref<const InputRows>& x);

/// The inputs of a regression at one time: whitened rows for the long products, and the recorded
/// values for what single precision cannot decide.
struct WhitenedInputs {
  Whitening map;
  WhiteRows rows;  ///< by place of the plan's strata
  /// Recorded values, rows of the plan x sensors, finite. Seldom asked for.
  std::function<InputRows()> recorded;
};

}  // namespace lockstep
