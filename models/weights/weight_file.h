#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// One file of tensors of a Hugging Face folder: the whole, or a shard. Its bytes stay mapped while
/// it lives.
class WeightFile {
 public:
  virtual ~WeightFile() = default;
  virtual const std::filesystem::path& path() const = 0;
  /// By the name that the file gives them.
  virtual const std::map<std::string, StoredTensor>& tensors() const = 0;
};

}  // namespace lockstep
