#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace lockstep {

struct Interval {
  double lo = std::numeric_limits<double>::quiet_NaN();
  double hi = std::numeric_limits<double>::quiet_NaN();

  bool known() const { return std::isfinite(lo) && std::isfinite(hi); }
};

/// The share `probability` of `values` lies at or below it: linear between order statistics, as
/// numpy.quantile does by default (Hyndman and Fan 1996, "Sample quantiles in statistical
/// packages", type 7). NaN if empty; no NaN in `values`.
double quantile(std::vector<double> values, double probability);

/// Middle `level` of the draws. Draws without a value (NaN) are left out; with more than
/// kMostMissing of them there is no interval, since those left would be a choice.
Interval percentile_interval(const std::vector<double>& draws, double level);
inline constexpr double kMostMissing = 0.05;

/// The value that at most a share `error` of exchangeable draws exceeds, the observed one counted
/// among them: order statistic ceil((1 - error) (n + 1)) of n, as in a permutation test (Phipson
/// and Smyth 2010, "Permutation p-values should never be zero"). Where n is too small for that
/// (below 19 at 5 %), the largest draw. NaN draws are left out; NaN if none is left.
double upper_threshold(const std::vector<double>& draws, double error);

/// (1 + draws that reach `observed`) / (draws + 1); one-sided. A draw without a value does not
/// reach it. NaN without draws or without an observed value.
double upper_p(double observed, const std::vector<double>& draws);

}  // namespace lockstep
