#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// How elements lie in memory: blocks of consecutive elements of a row. Plain types have one
/// element a block.
struct BlockFormat {
  int64_t elements = 1;
  int64_t bytes = 1;
};
BlockFormat block_format(ElementType type);

/// Floating-point or quantised: what weights may be.
bool is_real(ElementType type);

/// The type of a name as to_text() prints it, if it is one of ours.
std::optional<ElementType> element_type(std::string_view name);

/// a * b of numbers that are not negative, or nothing if it does not fit.
std::optional<int64_t> checked_product(int64_t a, int64_t b);

}  // namespace lockstep
