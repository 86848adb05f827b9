#pragma once

#include "base/json_file.h"
#include "models/families/spec.h"

namespace lockstep {

/// The spec's field init: { std, norm, roles, zero_rows }. Throws Error(kData) with the
/// JSON path: a negative standard deviation, a row outside the vocabulary.
InitSpec read_init(const JsonAt& init, int64_t vocabulary);

}  // namespace lockstep
