#pragma once

#include <limits>
#include <span>
#include <vector>

namespace lockstep {

inline constexpr double kNoScore = std::numeric_limits<double>::quiet_NaN();

/// Whether layers peak in the order of their depth. The numbers from `r` on are NaN where no line
/// can be fitted: fewer than three layers with a peak time, one distinct peak time, or one distinct
/// depth.
struct TemporalScore {
  int layers = 0;              ///< all
  int n = 0;                   ///< of these with a peak time
  int distinct = 0;            ///< different peak times among them, in microseconds
  double r = kNoScore;         ///< Pearson correlation of peak time and depth: the paper's score
  double spearman = kNoScore;  ///< the same of ranks, ties at their mean rank
  double p_analytic =
      kNoScore;             ///< two-sided p of r, n layers taken as independent, which they are not
  double slope = kNoScore;  ///< least squares, seconds per unit of depth
  double start_s = kNoScore;  ///< that line at depth 0
  double range_s = kNoScore;  ///< largest peak time minus smallest; known from one peak on
};

/// `depths` and `peak_times_s` have one entry a layer; NaN is a layer without a peak time and is
/// left out.
TemporalScore temporal_score(std::span<const double> depths, std::span<const double> peak_times_s);

/// Pearson correlation; NaN with fewer than two pairs or where either side is constant.
double correlation(std::span<const double> x, std::span<const double> y);

/// Ranks from 1, ties at the mean of their ranks. No NaN.
std::vector<double> mean_ranks(std::span<const double> values);

}  // namespace lockstep
