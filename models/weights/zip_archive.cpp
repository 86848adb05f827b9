// A zip archive (PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3), little-endian, from the end:
//   end record       "PK\5\6", disk u16, disk of the directory u16, entries here u16, entries u16,
//                    directory's size u32 and offset u32, comment's length u16, comment
//   zip64 locator    before it, where a number does not fit: "PK\6\7", disk u32, offset u64, disks
//                    u32; it points to "PK\6\6", size u64, versions 2 x u16, disks 2 x u32, entries
//                    2 x u64, directory's size u64 and offset u64
//   directory entry  "PK\1\2", versions 2 x u16, flags u16, method u16, time and date 2 x u16,
//   CRC-32
//                    u32, packed and plain size 2 x u32, lengths of name, extra and comment 3 x
//                    u16, disk u16, attributes u16 and u32, offset u32; name, extra, comment. Sizes
//                    and offset of all ones are u64 in the extra field of id 1, in this order:
//                    plain, packed, offset
//   local header     "PK\3\4", 22 bytes as in the entry, lengths of name and extra 2 x u16; name,
//                    extra, then the data
#include "models/weights/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "models/weights/byte_cursor.h"

namespace lockstep {
namespace {

using Bytes = std::span<const std::byte>;

constexpr uint32_t kEndMark = 0x06054b50;
constexpr uint32_t kLocatorMark = 0x07064b50;
constexpr uint32_t kLongEndMark = 0x06064b50;
constexpr uint32_t kEntryMark = 0x02014b50;
constexpr uint32_t kLocalMark = 0x04034b50;
constexpr uint64_t kEndBytes = 22;
constexpr uint64_t kLocatorBytes = 20;
constexpr uint64_t kLongestComment = 0xffff;
constexpr uint64_t kSmallestEntry = 46;
constexpr uint32_t kElsewhere = 0xffffffff;  // the number stands in a zip64 field

/// Where the directory lies.
struct Directory {
  uint64_t entries = 0;
  uint64_t size = 0;
  uint64_t offset = 0;
};

/// An entry of the directory.
struct Entry {
  std::string_view name;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint64_t size = 0;
  uint64_t packed_size = 0;
  uint64_t offset = 0;  // of the local header
};

uint64_t find_end(Bytes file, const std::string& where) {
  if (file.size() >= kEndBytes) {
    const uint64_t last = file.size() - kEndBytes;
    const uint64_t first = last > kLongestComment ? last - kLongestComment : 0;
    for (uint64_t at = last + 1; at-- > first;) {
      if (scalar_at<uint32_t>(file.subspan(at)) == kEndMark &&
          scalar_at<uint16_t>(file.subspan(at + kEndBytes - 2)) == last - at) {
        return at;
      }
    }
  }
  fail(Blame::kData,
       "{}: {} bytes without the end record of a zip archive; the file is cut short or is none",
       where,
       file.size());
}

Directory read_long_end(Bytes file, uint64_t locator, const std::string& where) {
  const auto offset = scalar_at<uint64_t>(file.subspan(locator + 8));
  if (offset > locator) {
    fail(Blame::kData, "{}: zip64 end record at {}; the file has {}", where, offset, file.size());
  }
  ByteCursor end(file.subspan(offset, locator - offset), where);
  constexpr std::string_view kWhat = "zip64 end record";
  if (end.scalar<uint32_t>(kWhat) != kLongEndMark) {
    fail(Blame::kData, "{}: no zip64 end record at {}", where, offset);
  }
  end.take(8 + 2 * 2 + 2 * 4 + 8, kWhat);
  Directory directory;
  directory.entries = end.scalar<uint64_t>(kWhat);
  directory.size = end.scalar<uint64_t>(kWhat);
  directory.offset = end.scalar<uint64_t>(kWhat);
  return directory;
}

Directory find_directory(Bytes file, const std::string& where) {
  const uint64_t at = find_end(file, where);
  const Bytes end = file.subspan(at);
  Directory directory{.entries = scalar_at<uint16_t>(end.subspan(10)),
                      .size = scalar_at<uint32_t>(end.subspan(12)),
                      .offset = scalar_at<uint32_t>(end.subspan(16))};
  if (scalar_at<uint16_t>(end.subspan(4)) != 0 && scalar_at<uint16_t>(end.subspan(4)) != 0xffff) {
    fail(Blame::kData, "{}: a part of a zip archive; one whole file is wanted", where);
  }
  if (at >= kLocatorBytes &&
      scalar_at<uint32_t>(file.subspan(at - kLocatorBytes)) == kLocatorMark) {
    directory = read_long_end(file, at - kLocatorBytes, where);
  }
  const bool is_inside = directory.offset <= at && directory.size <= at - directory.offset &&
                         directory.entries <= directory.size / kSmallestEntry;
  if (!is_inside) {
    fail(Blame::kData,
         "{}: a directory of {} entries and {} bytes at {}; {} bytes precede the end record",
         where,
         directory.entries,
         directory.size,
         directory.offset,
         at);
  }
  return directory;
}

/// With the numbers of the zip64 field, if there is one, in the place of those that did not fit.
Entry with_extra(Entry entry, Bytes extra, const std::string& where) {
  constexpr uint16_t kLongNumbers = 1;
  ByteCursor fields(extra, where);
  while (fields.left() >= 4) {
    const auto id = fields.scalar<uint16_t>("an extra field");
    const auto size = fields.scalar<uint16_t>("an extra field");
    const Bytes field = fields.take(size, "an extra field");
    if (id != kLongNumbers) continue;
    ByteCursor numbers(field, where);
    for (uint64_t* number : {&entry.size, &entry.packed_size, &entry.offset}) {
      if (*number == kElsewhere) *number = numbers.scalar<uint64_t>("a zip64 field");
    }
  }
  return entry;
}

Entry read_entry(ByteCursor& cursor, const std::string& where) {
  constexpr std::string_view kWhat = "a directory entry";
  if (cursor.scalar<uint32_t>(kWhat) != kEntryMark) {
    fail(Blame::kData,
         "{}: the directory has no entry at its byte {}",
         where,
         cursor.position() - 4);
  }
  Entry entry;
  cursor.take(4, kWhat);
  entry.flags = cursor.scalar<uint16_t>(kWhat);
  entry.method = cursor.scalar<uint16_t>(kWhat);
  cursor.take(4, kWhat);
  entry.crc = cursor.scalar<uint32_t>(kWhat);
  entry.packed_size = cursor.scalar<uint32_t>(kWhat);
  entry.size = cursor.scalar<uint32_t>(kWhat);
  const auto name_length = cursor.scalar<uint16_t>(kWhat);
  const auto extra_length = cursor.scalar<uint16_t>(kWhat);
  const auto comment_length = cursor.scalar<uint16_t>(kWhat);
  cursor.take(2 + 2 + 4, kWhat);
  entry.offset = cursor.scalar<uint32_t>(kWhat);
  entry.name = cursor.letters(name_length, kWhat);
  entry = with_extra(entry, cursor.take(extra_length, kWhat), where);
  cursor.take(comment_length, kWhat);
  return entry;
}

/// Only records as they are: what PyTorch writes, and what can be mapped.
void check_plain(const Entry& entry, const std::string& what) {
  constexpr uint16_t kEncrypted = 1;
  if ((entry.flags & kEncrypted) != 0) fail(Blame::kData, "{} is encrypted", what);
  if (entry.method != 0 || entry.packed_size != entry.size) {
    fail(Blame::kData,
         "{} is compressed (method {}, {} of {} bytes); records as torch.save stores them are "
         "wanted",
         what,
         entry.method,
         entry.packed_size,
         entry.size);
  }
}

/// The bytes of an entry: behind its local header, before the directory.
Bytes locate(const Entry& entry, Bytes before_directory, const std::string& what) {
  if (entry.offset > before_directory.size()) {
    fail(Blame::kData,
         "{} is at {}; the directory begins at {}",
         what,
         entry.offset,
         before_directory.size());
  }
  ByteCursor local(before_directory.subspan(entry.offset), what);
  constexpr std::string_view kWhat = "the local header";
  const auto mark = local.scalar<uint32_t>(kWhat);
  local.take(22, kWhat);
  const auto name_length = local.scalar<uint16_t>(kWhat);
  const auto extra_length = local.scalar<uint16_t>(kWhat);
  if (mark != kLocalMark || local.letters(name_length, kWhat) != entry.name) {
    fail(Blame::kData, "{} has another local header, or none, at {}", what, entry.offset);
  }
  local.take(extra_length, kWhat);
  return local.take(entry.size, "the record");
}

/// CRC-32 of a part of the file, read piece by piece.
uint32_t checksum(Bytes bytes, const MappedFile* file) {
  constexpr std::size_t kPiece = 16 << 20;
  uLong sum = 0;
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(kPiece, bytes.size()));
    sum = crc32_z(sum, reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
    if (file != nullptr) file->release(piece);
    bytes = bytes.subspan(piece.size());
  }
  return static_cast<uint32_t>(sum);
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path) : path_(path), file_(path) {
  bytes_ = file_->bytes();
  take();
}

ZipArchive::ZipArchive(const std::filesystem::path& path, Bytes bytes)
    : path_(path), bytes_(bytes) {
  take();
}

void ZipArchive::take() {
  const std::string where = path_.string();
  const Bytes file = bytes_;
  const Directory directory = find_directory(file, where);
  ByteCursor cursor(file.subspan(directory.offset, directory.size), where);
  for (uint64_t k = 0; k < directory.entries; ++k) {
    const Entry entry = read_entry(cursor, where);
    const std::string what = text("{}: record {}", where, printable(entry.name));
    check_plain(entry, what);
    const Bytes bytes = locate(entry, file.first(directory.offset), what);
    if (!records_.emplace(entry.name, Record{bytes, entry.crc}).second) {
      fail(Blame::kData, "{} occurs twice", what);
    }
  }
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> names;
  for (const auto& [name, record] : records_) names.push_back(name);
  return names;
}

std::span<const std::byte> ZipArchive::record(std::string_view name) const {
  const auto found = records_.find(name);
  if (found == records_.end()) fail(Blame::kData, "{}: no record {}", path_, printable(name));
  const Record& record = found->second;
  const uint32_t crc = checksum(record.bytes, file());
  if (crc != record.crc) {
    fail(Blame::kData,
         "{}: record {} has the CRC-32 {}; its directory says {}: the file is damaged",
         path_,
         printable(name),
         crc,
         record.crc);
  }
  return record.bytes;
}

}  // namespace lockstep
