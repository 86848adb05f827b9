#include "aligner/recordings/byte_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace lockstep {
namespace {

template <class Unsigned>
Unsigned big_endian_bits(const std::byte* bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value = static_cast<Unsigned>((static_cast<uint64_t>(value) << 8) |
                                  std::to_integer<uint64_t>(bytes[i]));
  }
  return value;
}

}  // namespace

template <>
int16_t big_endian<int16_t>(const std::byte* bytes) {
  return static_cast<int16_t>(big_endian_bits<uint16_t>(bytes));
}
template <>
int32_t big_endian<int32_t>(const std::byte* bytes) {
  return static_cast<int32_t>(big_endian_bits<uint32_t>(bytes));
}
template <>
float big_endian<float>(const std::byte* bytes) {
  return std::bit_cast<float>(big_endian_bits<uint32_t>(bytes));
}
template <>
double big_endian<double>(const std::byte* bytes) {
  return std::bit_cast<double>(big_endian_bits<uint64_t>(bytes));
}

const std::byte* ByteReader::take(std::size_t count, std::string_view what) {
  if (count > remaining()) {
    fail(Blame::kData,
         "{}: ends at byte {}; {} needs {} bytes from byte {} on",
         where_,
         bytes_.size(),
         what,
         count,
         position_);
  }
  const std::byte* at = bytes_.data() + position_;
  position_ += count;
  return at;
}

void ByteReader::move_to(std::size_t position, std::string_view what) {
  if (position > bytes_.size()) {
    fail(Blame::kData,
         "{}: ends at byte {}; {} begins at byte {}",
         where_,
         bytes_.size(),
         what,
         position);
  }
  position_ = position;
}

int16_t ByteReader::i16(std::string_view what) { return big_endian<int16_t>(take(2, what)); }
int32_t ByteReader::i32(std::string_view what) { return big_endian<int32_t>(take(4, what)); }
float ByteReader::f32(std::string_view what) { return big_endian<float>(take(4, what)); }
double ByteReader::f64(std::string_view what) { return big_endian<double>(take(8, what)); }

std::string ByteReader::text(std::size_t length, std::string_view what) {
  const std::byte* at = take(length, what);
  std::string all;
  for (std::size_t i = 0; i < length; ++i) {
    const auto c = std::to_integer<unsigned char>(at[i]);
    if (c == 0) break;
    all += c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c);
  }
  return all;
}

PiecewiseFile::PiecewiseFile(const std::filesystem::path& path)
    : path_(path), file_(path, O_RDONLY) {
  struct stat status {};
  if (fstat(file_.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) {
    fail(Blame::kData, "{}: is no ordinary file; one is wanted", path);
  }
  size_ = status.st_size;
}

void PiecewiseFile::read(int64_t offset, std::span<std::byte> bytes) const {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t got = pread(file_.descriptor(),
                              bytes.data() + at,
                              bytes.size() - at,
                              offset + static_cast<int64_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(Blame::kData, "{}: read failed: {}", path_, std::strerror(errno));
    if (got == 0) {
      fail(Blame::kData,
           "{}: ends before byte {}; it had {} bytes when it was opened",
           path_,
           offset + static_cast<int64_t>(bytes.size()),
           size_);
    }
    at += static_cast<std::size_t>(got);
  }
}

std::string read_small_file(const std::filesystem::path& path, int64_t most) {
  const PiecewiseFile file(path);
  if (file.size() > most) {
    fail(Blame::kData, "{}: {} bytes; at most {} are wanted", path, file.size(), most);
  }
  std::string bytes(static_cast<std::size_t>(file.size()), '\0');
  file.read(0, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

}  // namespace lockstep
