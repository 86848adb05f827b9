#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace lockstep {
namespace {

[[noreturn]] void fail_system(const std::filesystem::path& path, const char* doing) {
  fail(Blame::kData, "{}: {} failed: {}", path, doing, std::strerror(errno));
}

void sync_folder_of(const std::filesystem::path& path) {
  const auto parent = path.parent_path();
  const FileHandle folder(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  fsync(
      folder.descriptor());  // some file systems refuse to sync a folder; the rename stands anyway
}

}  // namespace

FileHandle::FileHandle(const std::filesystem::path& path, int flags, unsigned mode)
    : descriptor_(open(path.c_str(), flags | O_CLOEXEC, mode)) {
  if (descriptor_ < 0) fail_system(path, "open");
}

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) close(descriptor_);
}

FileHandle::FileHandle(FileHandle&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

std::string read_file(const std::filesystem::path& path) {
  const FileHandle file(path, O_RDONLY);
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = read(file.descriptor(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_system(path, "read");
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

void write_file_whole(const std::filesystem::path& path, std::string_view bytes) {
  auto temporary = path;
  temporary += ".partial";
  try {
    const FileHandle file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t put = write(file.descriptor(), bytes.data() + at, bytes.size() - at);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) fail_system(temporary, "write");
      at += static_cast<std::size_t>(put);
    }
    if (fsync(file.descriptor()) != 0) fail_system(temporary, "sync");
  } catch (const Error&) {
    unlink(temporary.c_str());
    throw;
  }
  rename_durably(temporary, path);
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (rename(from.c_str(), to.c_str()) != 0) fail_system(to, "rename");
  sync_folder_of(to);
}

void check_output(const std::filesystem::path& path) {
  if (path.empty()) fail(Blame::kCommandLine, "output: no name; a file name is wanted");
  if (std::filesystem::is_directory(path)) {
    fail(Blame::kCommandLine, "{}: is a folder; a file name is wanted", path);
  }
  const auto parent = path.parent_path();
  if (!parent.empty() && !std::filesystem::is_directory(parent)) {
    fail(Blame::kCommandLine, "{}: there is no folder {}; make it first", path, parent);
  }
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const FileHandle file(path, O_RDONLY);
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0) fail_system(path, "stat");
  if (!S_ISREG(status.st_mode)) fail(Blame::kData, "{}: not a file", path);
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* data = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (data == MAP_FAILED) fail_system(path, "map");
  data_ = static_cast<const std::byte*>(data);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::release(std::span<const std::byte> part) const {
  const bool is_inside = part.data() >= data_ && part.data() + part.size() <= data_ + size_;
  if (part.empty() || !is_inside) return;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(part.data() - data_) / page * page;
  const auto end = static_cast<std::size_t>(part.data() + part.size() - data_);
  // Only advice: a system that keeps the pages is right, too.
  madvise(const_cast<std::byte*>(data_ + begin), end - begin, MADV_DONTNEED);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace lockstep
