#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/weights/element_type.h"
#include "models/weights/safetensors_file.h"
#include "tests/models/weights/safetensors_builder.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// A checkpoint of tests/golden/layers in memory, to be changed and written elsewhere.
struct GoldenCopy {
  struct Tensor {
    std::string type;
    std::vector<int64_t> shape;
    std::string bytes;
  };

  explicit GoldenCopy(const std::string& family) : name(family) {
    const std::filesystem::path folder = golden_folder(family);
    config = read_json_file(folder / "config.json");
    const SafetensorsFile file(folder / "model.safetensors");
    for (const auto& [tensor, stored] : file.tensors()) {
      tensors[tensor] = {to_text(stored.type),
                         stored.shape,
                         {reinterpret_cast<const char*>(stored.bytes.data()), stored.bytes.size()}};
    }
  }

  static std::filesystem::path golden_folder(const std::string& family) {
    return std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/layers" / family;
  }

  /// Zeros, as one more tensor.
  void add(const std::string& tensor, const std::vector<int64_t>& shape) {
    std::size_t count = 1;
    for (const int64_t size : shape) count *= static_cast<std::size_t>(size);
    tensors[tensor] = {"F32", shape, std::string(4 * count, '\0')};
  }

  /// <folder>/<name>/config.json and model.safetensors; gives that folder.
  std::filesystem::path write(const std::filesystem::path& folder) const {
    nlohmann::json header = nlohmann::json::object();
    std::string data;
    for (const auto& [tensor, stored] : tensors) {
      header[tensor] = {{"dtype", stored.type},
                        {"shape", stored.shape},
                        {"data_offsets", {data.size(), data.size() + stored.bytes.size()}}};
      data += stored.bytes;
    }
    const std::filesystem::path checkpoint = folder / name;
    std::filesystem::create_directories(checkpoint);
    write_bytes(checkpoint / "config.json", config.dump());
    write_bytes(checkpoint / "model.safetensors", safetensors_bytes(header.dump(), data));
    return checkpoint;
  }

  std::string name;
  nlohmann::json config;
  std::map<std::string, Tensor> tensors;
};

}  // namespace lockstep::testing
