#pragma once

#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/weights/gguf_file.h"

namespace lockstep {

struct GgufContents {
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<GgufTensor> tensors;
};

/// Reads and checks the whole structure of a GGUF file; views into `bytes`. `where` begins every
/// message.
GgufContents read_gguf(std::span<const std::byte> bytes, const std::string& where);

/// The value at the front of `bytes`, which hold at least its size.
template <class Value>
Value gguf_scalar(std::span<const std::byte> bytes) {
  Value value;
  std::memcpy(&value, bytes.data(), sizeof(Value));
  return value;
}

/// Bytes of a value of a fixed size; 0 for strings and arrays.
uint64_t gguf_size(GgufType type);

/// "u32", "string", ...
std::string to_text(GgufType type);

}  // namespace lockstep
