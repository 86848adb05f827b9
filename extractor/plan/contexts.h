#pragma once

#include <string>
#include <vector>

#include "base/schemas/tap_axis.h"

namespace lockstep {

/// What `--context 1,10,50,128t,all` asks for: words first, then tokens, each the shortest first,
/// then all. Words and tokens include the target's; each is 1 or more. Throws Error(kCommandLine)
/// naming the item: not a number, zero, given twice, or in seconds ("5s"), which are for speech.
std::vector<ContextInfo> parse_contexts(const std::string& list);

}  // namespace lockstep
