#pragma once

#include <cstddef>
#include <span>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// Stored values as float32: whole blocks in `bytes`, as many elements as `into` has. Quantised
/// types equal gguf.quants.dequantize (gguf 0.19) bit for bit; F16 and BF16 are exact; F64 is
/// rounded. Other types are no weights: throws std::logic_error.
void to_float32(ElementType type, std::span<const std::byte> bytes, std::span<float> into);

}  // namespace lockstep
