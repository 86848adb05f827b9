#pragma once

#include <cstdint>
#include <vector>

#include "base/schemas/meg_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Rows of words.tsv without an event: of the blocks that were heard; of blocks heard less than
/// half, of the part between the first and the last row that was.
int64_t count_unheard(const std::vector<WordEvent>& events, const Words& words);

}  // namespace lockstep
