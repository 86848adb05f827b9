#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "models/weights/weight_file.h"
#include "models/weights/zip_archive.h"

namespace lockstep {

/// One pytorch_model.bin as torch.save writes it since PyTorch 1.6 (a zip archive), mapped. Nothing
/// in it is run (state_dict_pickle.h); tensors of one storage share its bytes; those whose strides
/// are not row-major are gathered when they are read. Every record used is held against its
/// CRC-32, every tensor against its storage. Throws Error(kData) naming the file, the tensor and
/// the numbers; for the older format without a zip archive, with the remedy.
class PytorchFile : public WeightFile {
 public:
  explicit PytorchFile(const std::filesystem::path& path);
  /// The same of bytes that are in memory, and outlive it, under the name `path`.
  PytorchFile(const std::filesystem::path& path, std::span<const std::byte> bytes);

  const std::filesystem::path& path() const override { return archive_.path(); }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }

 private:
  explicit PytorchFile(ZipArchive archive);

  ZipArchive archive_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace lockstep
