#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/weights/byte_cursor.h"
#include "models/weights/gguf_file.h"

namespace lockstep {

/// Bytes of a value of a fixed size; 0 for strings and arrays.
uint64_t gguf_size(GgufType type);

/// "u32", "string", ...
std::string to_text(GgufType type);

/// A length u64 and that many bytes. `what` says whose they are, in messages.
std::string_view read_gguf_string(ByteCursor& cursor, std::string_view what);

/// The value of a metadata pair, from its type on. Nothing is allocated; throws Error(kData)
/// "<what>: ..." for an unknown type, an array of arrays, a bool that is neither 0 nor 1, and more
/// elements than bytes are left.
GgufValue read_gguf_value(ByteCursor& cursor, const std::string& what);

}  // namespace lockstep
