#pragma once

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

}  // namespace lockstep
