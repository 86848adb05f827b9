#pragma once

#include <string>
#include <vector>

#include "base/schemas/tap_axis.h"

namespace lockstep {

/// What `--context 1,10,50` asks for, the shortest first. Contexts count words, the target
/// included; each is 1 or more. Throws Error(kCommandLine) naming the item: not a number, zero,
/// given twice, or of a kind that is not counted in words
/// ("128t", "all", "5s").
std::vector<ContextInfo> parse_contexts(const std::string& list);

}  // namespace lockstep
