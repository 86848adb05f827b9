#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aligner/signal/resampling.h"

namespace lockstep {

/// A half-open range of samples.
struct Stretch {
  int64_t first = 0;
  int64_t end = 0;
  int64_t length() const { return end - first; }
  bool operator==(const Stretch&) const = default;
};

/// What becomes of a channel: filters one after another, then another rate.
struct SignalSteps {
  int64_t num_samples = 0;
  double rate_hz = 1;
  std::vector<std::vector<double>> filters;  ///< symmetric responses of odd lengths
  std::vector<Stretch> stretches;  ///< in order, filtered each by itself as filter_zero_phase does;
                                   ///< what lies between them is 0 and stays 0
  RateRatio ratio;                 ///< {1, 1}: not resampled
  ResamplingEnds ends = ResamplingEnds::kExact;
  std::vector<Stretch> parts;  ///< resampled each by itself; they cover all samples

  bool resamples() const { return ratio.up != ratio.down; }
};

/// Samples that come out: the sum over the parts.
int64_t num_rows(const SignalSteps& steps);

/// Seconds by which the filters reach to each side: rows closer to an edge rest on reflected
/// samples.
double filter_half_length_s(const SignalSteps& steps);

/// The largest time in seconds by which a row misses row * down / (up * rate_hz). With several
/// parts the rounding of each part's length adds up.
double time_error_s(const SignalSteps& steps);

/// The steps as they are defined, one after another, at the full rate: `signal` has num_samples.
std::vector<double> take_steps(std::span<const double> signal, const SignalSteps& steps);

}  // namespace lockstep
