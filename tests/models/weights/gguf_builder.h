#pragma once

#include <string>
#include <vector>

#include "models/weights/gguf_file.h"
#include "tests/models/weights/safetensors_builder.h"

namespace lockstep::testing {

/// A GGUF file piece by piece, right or wrong: every number can be set.
struct GgufBuilder {
  std::string magic = "GGUF";
  uint32_t version = 3;
  uint64_t num_tensors = 0;
  uint64_t num_pairs = 0;
  uint64_t alignment = 32;
  std::string pairs;
  std::string entries;
  std::string data;

  static std::string string(const std::string& text) {
    return bytes_of<uint64_t>(text.size()) + text;
  }

  GgufBuilder& pair(const std::string& key, GgufType type, const std::string& value) {
    pairs += string(key) + bytes_of(static_cast<uint32_t>(type)) + value;
    ++num_pairs;
    return *this;
  }
  GgufBuilder& text(const std::string& key, const std::string& value) {
    return pair(key, GgufType::kString, string(value));
  }
  GgufBuilder& integer(const std::string& key, uint32_t value) {
    return pair(key, GgufType::kU32, bytes_of(value));
  }
  GgufBuilder& number(const std::string& key, float value) {
    return pair(key, GgufType::kF32, bytes_of(value));
  }
  GgufBuilder& array(const std::string& key,
                     GgufType element,
                     uint64_t count,
                     const std::string& elements) {
    return pair(key,
                GgufType::kArray,
                bytes_of(static_cast<uint32_t>(element)) + bytes_of(count) + elements);
  }

  /// `shape` slowest first. `type` is ggml's number.
  GgufBuilder& entry(const std::string& name,
                     const std::vector<uint64_t>& shape,
                     uint32_t type,
                     uint64_t offset) {
    entries += string(name) + bytes_of(static_cast<uint32_t>(shape.size()));
    for (auto size = shape.rbegin(); size != shape.rend(); ++size) entries += bytes_of(*size);
    entries += bytes_of(type) + bytes_of(offset);
    ++num_tensors;
    return *this;
  }

  /// An entry and its data, aligned.
  GgufBuilder& tensor(const std::string& name,
                      const std::vector<uint64_t>& shape,
                      uint32_t type,
                      const std::string& bytes) {
    data.resize((data.size() + alignment - 1) / alignment * alignment, '\0');
    entry(name, shape, type, data.size());
    data += bytes;
    return *this;
  }
  GgufBuilder& floats(const std::string& name, const std::vector<uint64_t>& shape, float value) {
    std::size_t count = 1;
    for (const uint64_t size : shape) count *= size;
    std::vector<float> values(count);
    for (std::size_t k = 0; k < count; ++k) values[k] = value + static_cast<float>(k);
    return tensor(name, shape, 0, bytes_of_floats(values));
  }

  std::string bytes() const {
    std::string all =
        magic + bytes_of(version) + bytes_of(num_tensors) + bytes_of(num_pairs) + pairs + entries;
    all.resize((all.size() + alignment - 1) / alignment * alignment, '\0');
    return all + data;
  }
};

}  // namespace lockstep::testing
