#pragma once

#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::testing {

/// The bytes of any number, little-endian.
template <class Value>
std::string bytes_of(Value value) {
  std::string bytes(sizeof(Value), '\0');
  std::memcpy(bytes.data(), &value, sizeof(Value));
  return bytes;
}

inline std::string bytes_of_floats(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) bytes += bytes_of(value);
  return bytes;
}

/// A safetensors file of any header text, right or wrong.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  return bytes_of<uint64_t>(header.size()) + header + data;
}

/// A file of float32 tensors, one after the other.
class SafetensorsBuilder {
 public:
  SafetensorsBuilder& add(const std::string& name,
                          const std::vector<int64_t>& shape,
                          const std::vector<float>& values) {
    const std::size_t begin = data_.size();
    data_ += bytes_of_floats(values);
    header_[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, data_.size()}}};
    return *this;
  }

  /// Filled with value, value + 1, ...
  SafetensorsBuilder& add_range(const std::string& name,
                                const std::vector<int64_t>& shape,
                                float value) {
    std::size_t count = 1;
    for (const int64_t size : shape) count *= static_cast<std::size_t>(size);
    std::vector<float> values(count);
    for (std::size_t k = 0; k < count; ++k) values[k] = value + static_cast<float>(k);
    return add(name, shape, values);
  }

  std::string bytes() const { return safetensors_bytes(header_.dump(), data_); }

 private:
  nlohmann::json header_ = nlohmann::json::object();
  std::string data_;
};

}  // namespace lockstep::testing
