#pragma once

#include <string>

#include "aligner/report/condition.h"

namespace lockstep {

/// What a temporal score lets one claim; the page decides by the same rules.
enum class Claim {
  kNull,     ///< no layer has a peak time
  kFew,      ///< one or two have
  kTie,      ///< one distinct peak time
  kFlat,     ///< the slope's interval holds 0, or there is none
  kOrder,    ///< it lies above 0: deeper layers peak later
  kReverse,  ///< it lies below
};
Claim claim_of(const LatencyAnalysis& analysis);

/// The page's title for a condition, in ASCII: "SmolLM2-135M, 50 words of context: deeper layers
/// peak later, 408 ms per unit of depth (95 % interval 383 to 428), r = 0.998 over 9 layers;
/// planted: 400."
std::string headline(const Condition& condition, double level);

/// Planted and recovered latencies of each layer, subjects and scores, for a terminal.
std::string latency_table(const Condition& condition, double level);

}  // namespace lockstep
