#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace lockstep {

/// A zip archive whose records are stored as they are (PyTorch's are), mapped: records are views,
/// and nothing is ever unpacked or written. Checked before anything is used: directory and records
/// lie inside the file, local headers agree with the directory, no name occurs twice, nothing is
/// compressed, encrypted or split over files. Throws Error(kData) naming the file, the record and
/// the numbers.
class ZipArchive {
 public:
  explicit ZipArchive(const std::filesystem::path& path);
  /// The same of bytes that are in memory, and outlive it, under the name `path`.
  ZipArchive(const std::filesystem::path& path, std::span<const std::byte> bytes);

  const std::filesystem::path& path() const { return path_; }
  bool has(std::string_view name) const { return records_.contains(name); }
  std::vector<std::string> names() const;

  /// The bytes of a record that must exist, after their CRC-32 was compared with the directory's.
  std::span<const std::byte> record(std::string_view name) const;

  std::span<const std::byte> bytes() const { return bytes_; }
  /// Null where the bytes are the caller's.
  const MappedFile* file() const { return file_ ? &*file_ : nullptr; }

 private:
  struct Record {
    std::span<const std::byte> bytes;
    uint32_t crc = 0;
  };

  void take();

  std::filesystem::path path_;
  std::optional<MappedFile> file_;
  std::span<const std::byte> bytes_;
  std::map<std::string, Record, std::less<>> records_;
};

}  // namespace lockstep
