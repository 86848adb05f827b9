#include "base/filled_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/sha256.h"

namespace lockstep {
namespace {

std::filesystem::path with_ending(std::filesystem::path path, const std::string& ending) {
  path += ending;
  return path;
}

/// While it lives, no other shard lays out or finishes an output in the same folder.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& output)
      : folder_(output.has_parent_path() ? output.parent_path() : ".", O_RDONLY | O_DIRECTORY) {
    while (flock(folder_.descriptor(), LOCK_EX) != 0) {
      if (errno != EINTR)
        fail(Blame::kData, "{}: cannot lock its folder: {}", output, std::strerror(errno));
    }
  }

 private:
  FileHandle folder_;
};

void write_at(const FileHandle& file,
              const std::filesystem::path& path,
              int64_t offset,
              std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = pwrite(file.descriptor(), bytes.data(), bytes.size(), offset);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0)
      fail(Blame::kData,
           "{}: write failed: {}; what is done is kept, run again to go on",
           path,
           std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += put;
  }
}

/// Lays the file out under another name first: a partial file always has its whole layout.
void create_partial(const std::filesystem::path& partial,
                    const std::function<void(const std::filesystem::path&)>& lay_out) {
  const auto layout = with_ending(partial, ".layout");
  try {
    lay_out(layout);
    const FileHandle file(layout, O_RDONLY);
    if (fsync(file.descriptor()) != 0)
      fail(Blame::kData, "{}: sync failed: {}", layout, std::strerror(errno));
  } catch (...) {
    std::filesystem::remove(layout);
    throw;
  }
  rename_durably(layout, partial);
}

}  // namespace

FilledFile::FilledFile(
    const std::filesystem::path& output,
    const std::string& key,
    const Shard& shard,
    int64_t num_parts,
    const std::function<void(const std::filesystem::path&)>& lay_out,
    std::function<std::vector<std::pair<int64_t, int64_t>>(int64_t, const std::filesystem::path&)>
        pieces_of)
    : output_(output),
      partial_(with_ending(output, ".partial")),
      key_(key),
      shard_(shard),
      num_parts_(num_parts),
      pieces_of_(std::move(pieces_of)) {
  check_output(output);
  const FolderLock lock(output_);
  const auto parts = Journal::all_parts(output_, key_);
  // A partial file that no journal speaks of is of no use to anybody: nobody knows what it holds.
  if (!Journal::any(output_)) std::filesystem::remove(partial_);
  const bool whole =
      static_cast<int64_t>(parts.size()) == num_parts_ && std::filesystem::exists(output_);
  journal_ = std::make_unique<Journal>(output_, key_, shard_);
  if (!std::filesystem::exists(partial_)) {
    if (whole) return;  // stopped between the rename and the removal of the journals
    if (!parts.empty()) {
      fail(Blame::kData,
           "{}: is gone, though its journal lists parts of it; remove {}.journal and start again",
           partial_,
           output_);
    }
    create_partial(partial_, lay_out);
  }
  file_ = FileHandle(partial_, O_RDWR);
}

bool FilledFile::is_done(int64_t part) const { return journal_->has(part); }

std::vector<int64_t> FilledFile::parts_left() const {
  std::vector<int64_t> left;
  for (int64_t part = 0; part < num_parts_; ++part) {
    if (shard_.has(part) && !is_done(part)) left.push_back(part);
  }
  return left;
}

void FilledFile::write_part(int64_t part, std::span<const std::byte> bytes) {
  std::size_t at = 0;
  for (const auto& [offset, length] : pieces_of_(part, partial_)) {
    if (at + static_cast<std::size_t>(length) > bytes.size()) break;
    write_at(file_, partial_, offset, bytes.subspan(at, static_cast<std::size_t>(length)));
    at += static_cast<std::size_t>(length);
  }
  if (at != bytes.size())
    fail(Blame::kProgram,
         "{}: part {} has {} bytes in its pieces, {} were given",
         partial_,
         part,
         at,
         bytes.size());
  if (fdatasync(file_.descriptor()) != 0)
    fail(Blame::kData, "{}: sync failed: {}; run again to go on", partial_, std::strerror(errno));
  Sha256 sum;
  sum.update(bytes);
  journal_->add(part, sum.hex());
}

void FilledFile::write_piece(const Piece& piece) {
  write_at(file_, partial_, piece.offset, piece.bytes);
}

void FilledFile::complete(int64_t part) {
  if (fdatasync(file_.descriptor()) != 0)
    fail(Blame::kData, "{}: sync failed: {}; run again to go on", partial_, std::strerror(errno));
  journal_->add(part, sum_of(part));
}

/// SHA-256 of a part as it lies in the file.
std::string FilledFile::sum_of(int64_t part) const {
  constexpr int64_t kChunk = int64_t{1} << 22;
  std::vector<std::byte> bytes(static_cast<std::size_t>(kChunk));
  Sha256 sum;
  for (const auto& [offset, length] : pieces_of_(part, partial_)) {
    for (int64_t at = 0; at < length;) {
      const ssize_t got = pread(file_.descriptor(),
                                bytes.data(),
                                static_cast<std::size_t>(std::min(kChunk, length - at)),
                                offset + at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail(Blame::kData, "{}: cannot read part {} back", partial_, part);
      sum.update(std::span(bytes).first(static_cast<std::size_t>(got)));
      at += got;
    }
  }
  return sum.hex();
}

bool FilledFile::finish() {
  const FolderLock lock(output_);
  const auto parts = Journal::all_parts(output_, key_);
  if (!std::filesystem::exists(partial_)) {  // another shard saw the end first
    Journal::remove_all(output_);
    return true;
  }
  if (static_cast<int64_t>(parts.size()) < num_parts_) return false;
  for (const auto& [part, expected] : parts) {
    if (sum_of(part) != expected) {
      fail(Blame::kData,
           "{}: part {} is not what was written (the disk, or somebody else); remove it and "
           "{}.journal and start again",
           partial_,
           part,
           output_);
    }
  }
  if (fsync(file_.descriptor()) != 0)
    fail(Blame::kData, "{}: sync failed: {}", partial_, std::strerror(errno));
  // One journal, so that a kill between the rename and its removal leaves all of it or nothing.
  Journal::merge_all(output_, key_);
  rename_durably(partial_, output_);
  Journal::remove_all(output_);
  return true;
}

}  // namespace lockstep
