#pragma once

#include <cstdint>
#include <vector>

#include "base/json_file.h"

namespace lockstep {

/// The ids that a `post_processor` of tokenizer.json puts in front of a single text; null gives
/// none. Throws Error(kData) naming the path of what is not supported.
std::vector<int32_t> read_prefix(const JsonAt& json);

}  // namespace lockstep
