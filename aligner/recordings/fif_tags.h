#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aligner/recordings/byte_reader.h"

namespace lockstep {

/// Where the value of a tag lies.
struct FifTag {
  int32_t kind = 0;
  uint32_t type = 0;
  int64_t size = 0;      ///< bytes
  int64_t position = 0;  ///< of the first byte of the value
};

/// A block with its own tags and the blocks inside, each in the order of the file.
struct FifBlock {
  int32_t kind = 0;
  std::vector<FifTag> tags;
  std::vector<std::unique_ptr<FifBlock>> blocks;

  /// The first of its own tags of a kind; null if there is none.
  const FifTag* tag(int32_t wanted) const;
  /// All blocks of a kind, itself included, outer before inner.
  std::vector<const FifBlock*> all(int32_t wanted) const;
};

/// Row-major, rows x columns.
struct FifMatrix {
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<double> values;
};

/// A FIF file as a tree of blocks; values are read when asked for. Every failure names the file,
/// the tag and its place and is an Error(kData).
class FifFile {
 public:
  /// Walks the tags and checks that each lies inside the file and that blocks close.
  explicit FifFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return file_.path(); }
  const FifBlock& root() const { return *root_; }

  int32_t integer(const FifTag& tag) const;
  float real(const FifTag& tag) const;
  std::string text(const FifTag& tag) const;
  std::vector<int32_t> integers(const FifTag& tag) const;
  std::vector<double> reals(const FifTag& tag) const;  ///< from f32 or f64
  FifMatrix matrix(const FifTag& tag) const;           ///< dense f32 or f64
  /// The bytes of a small value, which must be `size` long.
  std::vector<std::byte> record(const FifTag& tag, int64_t size) const;
  /// Bytes `offset` and on of a value.
  void read(const FifTag& tag, int64_t offset, std::span<std::byte> bytes) const;
  /// "<path>: tag 200 at byte 1234"
  std::string where(const FifTag& tag) const;

 private:
  std::vector<std::byte> value(const FifTag& tag) const;

  PiecewiseFile file_;
  std::unique_ptr<FifBlock> root_;
};

/// Whether the file begins as FIF files do.
bool looks_like_fif(const std::filesystem::path& path);

}  // namespace lockstep
