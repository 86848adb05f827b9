#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "base/files.h"
#include "models/weights/weight_file.h"

namespace lockstep {

/// The tensors of a safetensors file by the names that it gives them, as views into its `bytes`.
/// Checked before anything is used: the header's length and JSON, duplicate names, types, that shape times type is the length, and that the tensors fill the data
/// without holes or overlaps. Throws Error(kData) naming the file, the tensor and the numbers.
std::map<std::string, StoredTensor> read_safetensors(std::span<const std::byte> bytes,
                                                     const std::string& where);

/// One .safetensors file, mapped.
class SafetensorsFile : public WeightFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const override { return path_; }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }

 private:
  std::filesystem::path path_;
  MappedFile file_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace lockstep
