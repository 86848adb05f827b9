#pragma once

#include <span>

namespace lockstep {

/// When a curve of scores counts as at its peak.
struct PeakRule {
  double threshold = 0.95;  ///< share of the maximum, in (0, 1]
  double begin_s = -0.5;    ///< first time looked at, after word onset; inclusive
  double end_s = 1.5;       ///< last time looked at; inclusive

  /// Throws Error(kCommandLine) if the threshold or the window makes no sense.
  void check() const;
};

struct PeakTime {
  double time_s;   ///< T_max; NaN if no score inside the window is finite and positive
  double maximum;  ///< the largest finite score inside the window; NaN if there is none
  int lobes;       ///< separate stretches of samples at the threshold or above; 0 without a peak
  bool edge;       ///< whether one of these samples is the first or the last of the window
};

/// T_max of arXiv 2512.01591: the mean of the sample times whose score is at least `threshold`
/// times the maximum, both inside the window. All such samples count, whichever lobe they lie in;
/// more than one lobe is reported, not repaired. `scores` and `times_s` have one entry a sample,
/// times ascending. A score that is not finite is no candidate and separates lobes. A maximum of
/// zero or less has no peak: a share of it would not lie below it.
PeakTime peak_time(std::span<const double> scores,
                   std::span<const double> times_s,
                   const PeakRule& rule);

}  // namespace lockstep
