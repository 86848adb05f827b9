#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"

namespace lockstep {

/// A big-endian number at `bytes`, which must be long enough.
template <class Number>
Number big_endian(const std::byte* bytes);

/// Reads big-endian numbers in order. A read beyond the end throws Error(kData) naming the file,
/// the place and what was to be read.
class ByteReader {
 public:
  /// The bytes are the caller's; `where` is the file for messages.
  ByteReader(std::span<const std::byte> bytes, std::string where)
      : bytes_(bytes), where_(std::move(where)) {}

  const std::string& where() const { return where_; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  void move_to(std::size_t position, std::string_view what);
  void skip(std::size_t count, std::string_view what) { take(count, what); }

  int16_t i16(std::string_view what);
  int32_t i32(std::string_view what);
  float f32(std::string_view what);
  double f64(std::string_view what);
  /// `length` bytes as text up to the first NUL, as printable ASCII or UTF-8; other control
  /// characters become '?'.
  std::string text(std::size_t length, std::string_view what);

 private:
  const std::byte* take(std::size_t count, std::string_view what);

  std::span<const std::byte> bytes_;
  std::string where_;
  std::size_t position_ = 0;
};

/// A file read in pieces, from anywhere, by any thread.
class PiecewiseFile {
 public:
  explicit PiecewiseFile(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return path_; }
  int64_t size() const { return size_; }
  /// Fills `bytes` from `offset` on. Throws Error(kData) if the file ends before.
  void read(int64_t offset, std::span<std::byte> bytes) const;

 private:
  std::filesystem::path path_;
  FileHandle file_;
  int64_t size_ = 0;
};

/// All bytes of a file that is a header: more than `most` throws Error(kData).
std::string read_small_file(const std::filesystem::path& path, int64_t most);

}  // namespace lockstep
