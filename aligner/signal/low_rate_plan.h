#pragma once

#include <cstdint>
#include <vector>

#include "aligner/signal/decimation.h"
#include "aligner/signal/padded_pieces.h"
#include "aligner/signal/signal_steps.h"

namespace lockstep {

/// Decimated samples of a stretch at positions first, first + down, ..., which may lie beyond its
/// ends (there the stretch is reflected).
struct LowRateRun {
  int stretch = 0;
  int64_t first = 0;
  int64_t count = 0;
  int64_t offset = 0;  ///< of its first value in a list of all runs
};

/// Low-rate samples `begin` to `end` of a padded part that rest on one piece alone.
struct LowRateInside {
  int64_t begin = 0;
  int64_t end = 0;
  std::size_t piece = 0;
  int run = -1;  ///< holds their sources, and `margin` more on both sides; -1: the piece is 0
};

struct LowRatePart {
  ResamplingPlan resampling;
  std::vector<PaddedPiece> pieces;
  std::vector<LowRateInside> inside;
  std::vector<int64_t> outside;  ///< the other low-rate samples, which cross from piece to piece
};

/// Samples of a stretch, kept one range after another in a list.
struct KeptRange {
  int stretch = 0;
  Stretch samples;
  int64_t offset = 0;
};

/// What must be computed of a channel, and of what, to take its steps at a low rate.
struct LowRatePlan {
  SignalSteps steps;
  Decimator decimator;
  std::vector<double> response;      ///< all filters in one
  std::vector<double> low_response;  ///< the same at the low rate: for what the decimator lets pass
  std::vector<LowRatePart> parts;
  std::vector<LowRateRun> runs;
  std::vector<KeptRange> exact;  ///< filtered samples that are needed at the full rate
  std::vector<KeptRange> kept;   ///< raw samples that these and the ends of runs rest on
  int64_t low_size = 0;          ///< of all runs
  int64_t exact_size = 0;
  int64_t kept_size = 0;

  /// Low-rate samples that low_response reaches to each side.
  int64_t margin() const { return static_cast<int64_t>(low_response.size() / 2); }
  /// Samples that `response` reaches to each side.
  int64_t filter_reach() const { return static_cast<int64_t>(response.size() / 2); }
  int64_t low_length(const LowRatePart& part) const {
    return part.resampling.padded / decimator.down();
  }
};

/// Whether steps are worth taking at a low rate (half the rate or less remains of it) and can be:
/// every stretch is longer than the filters reach with their reflections.
bool has_low_rate(const SignalSteps& steps);

/// For steps that have a low rate.
LowRatePlan plan_low_rate(const SignalSteps& steps);

/// The range of a list that holds a sample of a stretch; it must be there.
const KeptRange& range_with(const std::vector<KeptRange>& ranges, int stretch, int64_t sample);

/// Positions of a run, as indices first to end, at which the decimator stays within the stretch.
Stretch inner_positions(const LowRatePlan& plan, const LowRateRun& run);

}  // namespace lockstep
