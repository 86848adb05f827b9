#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <span>

#include "extractor/plan/windows.h"

namespace lockstep {

/// The vectors of a word's tokens as one. `states` is rows x width, float32; `rows` are the word's,
/// in order, at least one; `into` has width values. Mean and sum are added up in float64, in the
/// order of the rows; first and last pool the one row that the plan chose.
void pool_tokens(const at::Tensor& states,
                 std::span<const int64_t> rows,
                 Pooling pooling,
                 std::span<float> into);

}  // namespace lockstep
