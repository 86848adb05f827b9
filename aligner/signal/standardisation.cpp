#include "aligner/signal/standardisation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace lockstep {
namespace {

/// Value at a share (0 to 1) of sorted values, between neighbours in proportion.
double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - std::floor(at)) * (sorted[above] - sorted[below]);
}

}  // namespace

Location mean_and_deviation(std::span<const double> values) {
  double sum = 0;
  double largest = 0;
  double count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    largest = std::max(largest, std::abs(value));
    ++count;
  }
  if (count == 0) return {};
  Location location{.centre = sum / count};
  double squares = 0;
  for (const double value : values) {
    if (!std::isnan(value)) squares += (value - location.centre) * (value - location.centre);
  }
  const double deviation = std::sqrt(squares / count);
  if (deviation > 10 * std::numeric_limits<double>::epsilon() * largest) location.scale = deviation;
  return location;
}

Location median_and_quartiles(std::span<const double> values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double value) {
    return !std::isnan(value);
  });
  if (sorted.empty()) return {};
  std::sort(sorted.begin(), sorted.end());
  Location location{.centre = quantile(sorted, 0.5)};
  const double distance = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  if (distance > 0) location.scale = distance;
  return location;
}

}  // namespace lockstep
