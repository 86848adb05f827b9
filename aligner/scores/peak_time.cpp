#include "aligner/scores/peak_time.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Sample times are quotients such as -15/30, borders are decimals such as -0.5: a rounding error
// must not decide whether a sample lies inside.
constexpr double kTimeRounding_s = 1e-9;

}  // namespace

void PeakRule::check() const {
  if (!(threshold > 0 && threshold <= 1)) {
    fail(Blame::kCommandLine,
         "peak threshold: {}; a share of the maximum above 0, at most 1",
         threshold);
  }
  if (!(std::isfinite(begin_s) && std::isfinite(end_s) && begin_s < end_s)) {
    fail(Blame::kCommandLine,
         "peak window: {}:{}; two times in seconds, the earlier first",
         begin_s,
         end_s);
  }
}

PeakTime peak_time(std::span<const double> scores,
                   std::span<const double> times_s,
                   const PeakRule& rule) {
  if (scores.size() != times_s.size()) {
    fail(Blame::kProgram,
         "peak time: {} scores; one for each of {} times",
         scores.size(),
         times_s.size());
  }
  const auto begin =
      std::lower_bound(times_s.begin(), times_s.end(), rule.begin_s - kTimeRounding_s);
  const auto end = std::upper_bound(times_s.begin(), times_s.end(), rule.end_s + kTimeRounding_s);
  const std::size_t first = static_cast<std::size_t>(begin - times_s.begin());
  const std::size_t stop = static_cast<std::size_t>(end - times_s.begin());

  PeakTime peak{kMissing, kMissing, 0, false};
  for (std::size_t i = first; i < stop; ++i) {
    if (std::isfinite(scores[i]) && !(scores[i] <= peak.maximum)) peak.maximum = scores[i];
  }
  if (!(peak.maximum > 0)) return peak;

  const double enough = rule.threshold * peak.maximum;
  double sum_s = 0;
  int num_samples = 0;
  bool inside = false;
  for (std::size_t i = first; i < stop; ++i) {
    const bool qualifies = std::isfinite(scores[i]) && scores[i] >= enough;
    if (qualifies) {
      sum_s += times_s[i];
      ++num_samples;
      if (!inside) ++peak.lobes;
      if (i == first || i + 1 == stop) peak.edge = true;
    }
    inside = qualifies;
  }
  peak.time_s = sum_s / num_samples;
  return peak;
}

}  // namespace lockstep
