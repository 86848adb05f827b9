#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aligner/signal/signal_steps.h"

namespace lockstep {

/// What some samples of a channel show.
struct SampleGlance {
  bool any_finite = false;
  double lowest = 0;  ///< of the finite ones
  double highest = 0;
  std::vector<Stretch> broken;  ///< samples that are no numbers, half-open, in order
};

/// Looks at samples `own` of a channel; samples[0] is sample `origin`. Samples that are no numbers,
/// in `own` or beside it, are replaced by the straight line between the numbers round them (at an
/// end by the nearest, without any by 0), so that filters do not spread them.
SampleGlance glance_and_mend(std::span<double> samples, int64_t origin, const Stretch& own);

/// Two glances at neighbouring samples as one.
void append(SampleGlance& all, const SampleGlance& next);

/// A number that equal samples share, and others with a chance of 2^-64.
uint64_t fingerprint(std::span<const double> samples, uint64_t before = 0);

}  // namespace lockstep
