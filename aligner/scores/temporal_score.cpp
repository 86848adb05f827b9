#include "aligner/scores/temporal_score.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>

#include "aligner/scores/student_t.h"
#include "base/error.h"

namespace lockstep {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

struct Moments {
  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;  // sums of products of deviations
  double xy = 0;
  double yy = 0;
};

Moments moments(std::span<const double> x, std::span<const double> y) {
  Moments m{.mean_x = mean_of(x), .mean_y = mean_of(y)};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - m.mean_x;
    const double dy = y[i] - m.mean_y;
    m.xx += dx * dx;
    m.xy += dx * dy;
    m.yy += dy * dy;
  }
  return m;
}

double correlation_of(const Moments& m) {
  return std::clamp(m.xy / (std::sqrt(m.xx) * std::sqrt(m.yy)), -1.0, 1.0);
}

bool is_constant(std::span<const double> values) {
  const auto [lo, hi] = std::minmax_element(values.begin(), values.end());
  return values.empty() || *lo == *hi;
}

int num_distinct(std::span<const double> times_s) {
  std::set<int64_t> microseconds;
  for (const double time_s : times_s) microseconds.insert(std::llround(time_s * 1e6));
  return static_cast<int>(microseconds.size());
}

}  // namespace

double correlation(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size()) {
    fail(Blame::kProgram, "correlation: {} values and {}; as many of each", x.size(), y.size());
  }
  if (x.size() < 2 || is_constant(x) || is_constant(y)) return kNoScore;
  return correlation_of(moments(x, y));
}

std::vector<double> mean_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return values[a] < values[b];
  });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t stop = first + 1;
    while (stop < order.size() && values[order[stop]] == values[order[first]]) ++stop;
    const double rank = 0.5 * static_cast<double>(first + 1 + stop);
    for (std::size_t i = first; i < stop; ++i) ranks[order[i]] = rank;
    first = stop;
  }
  return ranks;
}

TemporalScore temporal_score(std::span<const double> depths, std::span<const double> peak_times_s) {
  if (depths.size() != peak_times_s.size()) {
    fail(Blame::kProgram,
         "temporal score: {} depths and {} peak times; as many of each",
         depths.size(),
         peak_times_s.size());
  }
  std::vector<double> x, y;
  for (std::size_t layer = 0; layer < depths.size(); ++layer) {
    if (!std::isfinite(peak_times_s[layer])) continue;
    x.push_back(depths[layer]);
    y.push_back(peak_times_s[layer]);
  }

  TemporalScore score;
  score.layers = static_cast<int>(depths.size());
  score.n = static_cast<int>(x.size());
  if (x.empty()) return score;
  score.distinct = num_distinct(y);
  const auto [first, last] = std::minmax_element(y.begin(), y.end());
  score.range_s = *last - *first;
  if (score.n < 3 || score.distinct < 2 || is_constant(x)) return score;

  const Moments m = moments(x, y);
  score.r = correlation_of(m);
  score.slope = m.xy / m.xx;
  score.start_s = m.mean_y - score.slope * m.mean_x;
  score.p_analytic = correlation_p(score.r, score.n);
  // Ranks of times that differ by rounding alone would be an order where there is none.
  std::vector<double> rounded_s;
  for (const double time_s : y) rounded_s.push_back(std::round(time_s * 1e6) * 1e-6);
  score.spearman = correlation(mean_ranks(x), mean_ranks(rounded_s));
  return score;
}

}  // namespace lockstep
