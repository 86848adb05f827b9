#pragma once

#include <cstdint>
#include <vector>

#include "aligner/signal/signal_steps.h"

namespace lockstep {

/// A stretch of a padded part in which every sample comes from the filtered signal in one way:
///   z(i) = sign * y(base + sign * i) + (anchor < 0 ? 0 : 2 y(anchor))
/// with y the filtered signal, sample 0 being the recording's, and z(0) the part's first sample.
struct PaddedPiece {
  int64_t first = 0;  ///< of z
  int64_t end = 0;
  int64_t base = 0;
  int sign = 1;         ///< -1 in the pads, which are reflections
  int64_t anchor = -1;  ///< sample about whose value it is reflected; -1: not reflected
  int stretch = -1;     ///< of the steps, in which y lies; -1: y is 0 here

  int64_t source(int64_t i) const { return base + sign * i; }
};

/// The pieces of a part with its pads (pad_by_reflection), in order from -left to
/// part.length() + right.
std::vector<PaddedPiece> padded_pieces(const std::vector<Stretch>& stretches,
                                       const Stretch& part,
                                       const ResamplingPlan& plan);

/// Sample `i` of a stretch extended by odd reflection about both ends, as a source inside it:
///   x(i) = sign * x(sample) + (anchor < 0 ? 0 : 2 x(anchor))
struct ReflectedSample {
  int64_t sample = 0;
  int sign = 1;
  int64_t anchor = -1;
};
/// Not farther outside than the stretch is long, less one.
ReflectedSample reflected(const Stretch& stretch, int64_t i);

}  // namespace lockstep
