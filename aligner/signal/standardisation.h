#pragma once

#include <span>

namespace lockstep {

/// Where values lie and how far they spread: (x - centre) / scale is standardised.
struct Location {
  double centre = 0;
  double scale = 1;
};

/// Mean and population standard deviation (ddof 0, as sklearn.preprocessing.StandardScaler and
/// scipy.stats.zscore). NaN values do not count. A constant (spread below 10 roundings of the
/// largest value) has scale 1. No values: {0, 1}.
Location mean_and_deviation(std::span<const double> values);

/// Median and the distance of the quartiles, both interpolated linearly between order statistics as
/// sklearn.preprocessing.RobustScaler 1.9 does. NaN values do not count; a distance of 0 gives
/// scale 1.
Location median_and_quartiles(std::span<const double> values);

}  // namespace lockstep
