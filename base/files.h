#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

/// The bytes of a file. Throws Error(kData) naming the path and the reason.
std::string read_file(const std::filesystem::path& path);

/// Writes `bytes` under a temporary name beside `path`, syncs, renames and syncs the folder: `path`
/// is always whole.
void write_file_whole(const std::filesystem::path& path, std::string_view bytes);

/// Renames and makes the new name durable.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Throws Error(kCommandLine) unless `path` may become an output: its folder exists and it is no
/// folder.
void check_output(const std::filesystem::path& path);

/// A file descriptor that closes itself.
class FileHandle {
 public:
  FileHandle() = default;
  FileHandle(const std::filesystem::path& path, int flags, unsigned mode = 0644);
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// A file mapped read-only; an empty file has an empty view.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// Takes the memory of a part of bytes() back; what is read again is fetched again. So a file
  /// larger than the memory at hand can be read from end to end.
  void release(std::span<const std::byte> part) const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace lockstep
