#pragma once

#include <string_view>
#include <vector>

#include "models/tokenizers/segmented_text.h"

namespace lockstep {

/// Cuts text where the script changes, as UnicodeScripts of tokenizers 0.23 does. Characters of no
/// script (spaces, unassigned ones) go with what stands before them; those at the start of the text
/// belong to no run: the library loses them, and so do the tokens.
std::vector<Segment> script_runs(std::string_view text);

}  // namespace lockstep
