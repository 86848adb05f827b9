#pragma once

#include <string>
#include <vector>

#include "aligner/signal/fir_filter.h"
#include "aligner/signal/signal_steps.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// A number for people: three decimals at most.
std::string rounded(double value);

/// What remains of a band whose upper border is `high_hz` (infinite: none) at a new rate.
double remaining_high(double high_hz, double raw_rate_hz, double rate_hz);

/// What a user may not expect of a recording's filters and times, one a line: a band that exceeds
/// half the new rate, stretches shorter than a filter, rows away from their times.
std::vector<std::string> signal_warnings(const RecordingInfo& info,
                                         const Band& band,
                                         const SignalSteps& steps);

}  // namespace lockstep
