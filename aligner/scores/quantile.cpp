#include "aligner/scores/quantile.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::vector<double> without_missing(const std::vector<double>& draws) {
  std::vector<double> values;
  values.reserve(draws.size());
  for (const double draw : draws) {
    if (!std::isnan(draw)) values.push_back(draw);
  }
  return values;
}

// Reorders `values`.
double quantile_in_place(std::vector<double>& values, double probability) {
  if (values.empty()) return kMissing;
  const double position = probability * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(std::floor(position));
  const auto at = values.begin() + below;
  std::nth_element(values.begin(), at, values.end());
  const double lower = *at;
  if (at + 1 == values.end() || position == static_cast<double>(below)) return lower;
  const double upper = *std::min_element(at + 1, values.end());
  return lower + (position - static_cast<double>(below)) * (upper - lower);
}

}  // namespace

double quantile(std::vector<double> values, double probability) {
  return quantile_in_place(values, probability);
}

Interval percentile_interval(const std::vector<double>& draws, double level) {
  std::vector<double> values = without_missing(draws);
  const double missing = static_cast<double>(draws.size() - values.size());
  if (values.empty() || missing > kMostMissing * static_cast<double>(draws.size())) return {};
  const double lo = quantile_in_place(values, (1 - level) / 2);
  const double hi = quantile_in_place(values, (1 + level) / 2);
  return {lo, hi};
}

double upper_threshold(const std::vector<double>& draws, double error) {
  std::vector<double> values = without_missing(draws);
  if (values.empty()) return kMissing;
  // Without the slack 0.95 * 20 would be 19.000000000000004 on some day.
  const double rank = std::ceil((1 - error) * static_cast<double>(values.size() + 1) - 1e-9);
  const auto index = std::min(static_cast<std::size_t>(rank), values.size()) - 1;
  std::nth_element(
      values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

double upper_p(double observed, const std::vector<double>& draws) {
  if (draws.empty() || std::isnan(observed)) return kMissing;
  const auto reached = std::count_if(
      draws.begin(), draws.end(), [observed](double draw) { return draw >= observed; });
  return (1 + static_cast<double>(reached)) / (static_cast<double>(draws.size()) + 1);
}

}  // namespace lockstep
