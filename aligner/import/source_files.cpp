#include "aligner/import/source_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/sha256.h"

namespace lockstep {
namespace {

constexpr int64_t kEnd = int64_t{1} << 20;

void add_bytes(Sha256& sum,
               const FileHandle& file,
               const std::filesystem::path& path,
               int64_t from,
               int64_t to) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(to - from));
  for (int64_t at = from; at < to;) {
    const ssize_t got =
        pread(file.descriptor(), bytes.data(), static_cast<std::size_t>(to - at), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail(Blame::kData, "{}: cannot read byte {}: {}", path, at, std::strerror(errno));
    sum.update(std::span(bytes).first(static_cast<std::size_t>(got)));
    at += got;
  }
}

nlohmann::json describe(const std::filesystem::path& path) {
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
  const FileHandle file(path, O_RDONLY);
  Sha256 sum;
  if (size <= 2 * kEnd) {
    add_bytes(sum, file, path, 0, size);
    return {{"name", path.filename().string()}, {"bytes", size}, {"sha256", sum.hex()}};
  }
  add_bytes(sum, file, path, 0, kEnd);
  add_bytes(sum, file, path, size - kEnd, size);
  return {{"name", path.filename().string()}, {"bytes", size}, {"sha256_of_ends", sum.hex()}};
}

}  // namespace

nlohmann::json source_files(const std::filesystem::path& recording, const RawHeader& header) {
  std::set<std::filesystem::path> files;
  if (std::filesystem::is_directory(recording)) {
    for (const auto& entry : std::filesystem::directory_iterator(recording)) {
      if (entry.is_regular_file()) files.insert(entry.path());
    }
  } else {
    for (const RecordingPart& part : header.parts) files.insert(part.file);
  }
  nlohmann::json described = nlohmann::json::array();
  for (const auto& file : files) described.push_back(describe(file));
  return described;
}

}  // namespace lockstep
