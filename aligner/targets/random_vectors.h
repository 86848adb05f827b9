#pragma once

#include <cstdint>

#include "aligner/targets/reduction.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Targets of one context ("1") and one tap ("random vectors"): the same `num_components` standard
/// normal numbers for every occurrence of a word type, independent between types. What they score
/// is what knowing the word alone is worth.
Reduction random_vectors(const Words& words, int64_t num_components, uint64_t seed);

}  // namespace lockstep
