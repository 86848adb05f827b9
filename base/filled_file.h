#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/journal.h"

namespace lockstep {

/// Bytes and where they belong in the file.
struct Piece {
  int64_t offset;
  std::span<const std::byte> bytes;
};

/// A big output of known size that survives `kill -9` (design: files that survive anything). It is
/// laid out whole as
/// `<output>.partial`, then filled part by part with pwrite, each part made durable and noted in
/// the journal with the SHA-256 of its pieces. Whoever completes the journal verifies every part,
/// renames the file and removes the journals.
///
///   (is_done | write_part | (write_piece* complete))* finish
class FilledFile {
 public:
  /// `key` is a hash of all that determines the result; `lay_out` writes the complete file except
  /// for its parts, and must give the same bytes each time; `pieces_of` says which (offset, length)
  /// stretches a part has, in the order in which they are hashed and given to write_part. A
  /// finished `output` is replaced when the new one is whole.
  FilledFile(const std::filesystem::path& output,
             const std::string& key,
             const Shard& shard,
             int64_t num_parts,
             const std::function<void(const std::filesystem::path& partial)>& lay_out,
             std::function<std::vector<std::pair<int64_t, int64_t>>(
                 int64_t part, const std::filesystem::path& partial)> pieces_of);

  /// Whether the part is done already, by a run before this one; shards do not wait for each other.
  bool is_done(int64_t part) const;
  /// Parts of this shard that are left, in order.
  std::vector<int64_t> parts_left() const;
  /// Writes a part; `bytes` are the pieces' contents one after the other. Thread-safe.
  void write_part(int64_t part, std::span<const std::byte> bytes);
  /// For parts too big to hold: writes some bytes of one at an offset of the file. Nothing counts
  /// until complete(), which makes the part durable, reads it back and notes it. Thread-safe.
  void write_piece(const Piece& piece);
  void complete(int64_t part);
  /// True if every part of every shard is there: the file is verified and has its final name. False
  /// if other shards still have parts to do.
  bool finish();
  const std::filesystem::path& partial() const { return partial_; }

 private:
  std::string sum_of(int64_t part) const;

  std::filesystem::path output_;
  std::filesystem::path partial_;
  std::string key_;
  Shard shard_;
  int64_t num_parts_;
  std::function<std::vector<std::pair<int64_t, int64_t>>(int64_t, const std::filesystem::path&)>
      pieces_of_;
  std::unique_ptr<Journal> journal_;
  FileHandle file_;
};

}  // namespace lockstep
