#pragma once

#include <cstddef>
#include <span>

#include "models/weights/checkpoint.h"

namespace lockstep::testing {

/// Reads every byte of a tensor, and converts its first values to float32 if it holds weights.
void use_values(ElementType type, std::span<const std::byte> bytes);

}  // namespace lockstep::testing
