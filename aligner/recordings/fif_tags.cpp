// FIF, big-endian: a chain of tags { i32 kind, u32 type, i32 size, i32 next } with `size` bytes
// behind each. next: 0 directly behind, -1 none, else its byte. Kind 104 opens a block, 105 closes
// it (i32 number of the block). Source: "Functional Image File Format" (Elekta Neuromag) as
// mne/_fiff of MNE-Python 1.13 reads it. The directory that some files end with is not needed: it
// repeats the chain.
#include "aligner/recordings/fif_tags.h"

#include <array>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kTagBytes = 16;
constexpr std::size_t kMostTags = 4 << 20;
constexpr std::size_t kDeepest = 64;
constexpr int64_t kLargestValue = 64 << 20;  // of anything but data
constexpr int32_t kBlockStart = 104, kBlockEnd = 105;
constexpr uint32_t kDense = 0x40000000;

// A tag and where the next one lies; nothing at the end of the chain.
struct Link {
  FifTag tag;
  std::optional<int64_t> next;
};

Link link_at(const PiecewiseFile& file, int64_t at) {
  std::array<std::byte, kTagBytes> bytes{};
  file.read(at, bytes);
  Link link;
  link.tag = {big_endian<int32_t>(&bytes[0]),
              static_cast<uint32_t>(big_endian<int32_t>(&bytes[4])),
              big_endian<int32_t>(&bytes[8]),
              at + kTagBytes};
  const int32_t next = big_endian<int32_t>(&bytes[12]);
  if (link.tag.size < 0 || link.tag.size > file.size() - link.tag.position) {
    fail(Blame::kData,
         "{}: tag {} at byte {} holds {} bytes; the file has {} left",
         file.path(),
         link.tag.kind,
         at,
         link.tag.size,
         file.size() - link.tag.position);
  }
  if (next == 0) link.next = link.tag.position + link.tag.size;
  if (next > 0) {
    if (next <= at) {
      fail(Blame::kData,
           "{}: tag {} at byte {} is followed by one at byte {}; a later one is wanted",
           file.path(),
           link.tag.kind,
           at,
           next);
    }
    link.next = next;
  }
  return link;
}

int32_t block_number(const PiecewiseFile& file, const FifTag& tag) {
  std::array<std::byte, 4> bytes{};
  if (tag.size != 4) {
    fail(Blame::kData,
         "{}: tag {} at byte {} holds {} bytes; the number of a block, 4, is wanted",
         file.path(),
         tag.kind,
         tag.position - kTagBytes,
         tag.size);
  }
  file.read(tag.position, bytes);
  return big_endian<int32_t>(bytes.data());
}

std::unique_ptr<FifBlock> tree_of(const PiecewiseFile& file) {
  auto root = std::make_unique<FifBlock>();
  std::vector<FifBlock*> open{root.get()};
  std::size_t count = 0;
  // The last tag may be followed by less than a tag's head: padding.
  for (std::optional<int64_t> at = 0; at && *at + kTagBytes <= file.size();) {
    const Link link = link_at(file, *at);
    if (++count > kMostTags) {
      fail(Blame::kData, "{}: more than {} tags; fewer are wanted", file.path(), kMostTags);
    }
    if (link.tag.kind == kBlockStart) {
      if (open.size() > kDeepest) {
        fail(Blame::kData,
             "{}: blocks {} deep at byte {}; at most {} are wanted",
             file.path(),
             open.size(),
             *at,
             kDeepest);
      }
      open.back()->blocks.push_back(std::make_unique<FifBlock>());
      open.push_back(open.back()->blocks.back().get());
      open.back()->kind = block_number(file, link.tag);
    } else if (link.tag.kind == kBlockEnd) {
      const int32_t number = block_number(file, link.tag);
      if (open.size() == 1 || open.back()->kind != number) {
        fail(Blame::kData,
             "{}: block {} is closed at byte {} and block {} is open",
             file.path(),
             number,
             *at,
             open.back()->kind);
      }
      open.pop_back();
    } else {
      open.back()->tags.push_back(link.tag);
    }
    at = link.next;
  }
  if (open.size() > 1) {
    fail(Blame::kData,
         "{}: ends inside block {}; the file is cut short",
         file.path(),
         open.back()->kind);
  }
  return root;
}

void collect(const FifBlock& block, int32_t wanted, std::vector<const FifBlock*>& found) {
  if (block.kind == wanted) found.push_back(&block);
  for (const auto& inner : block.blocks) collect(*inner, wanted, found);
}

}  // namespace

const FifTag* FifBlock::tag(int32_t wanted) const {
  for (const FifTag& tag : tags) {
    if (tag.kind == wanted) return &tag;
  }
  return nullptr;
}

std::vector<const FifBlock*> FifBlock::all(int32_t wanted) const {
  std::vector<const FifBlock*> found;
  collect(*this, wanted, found);
  return found;
}

bool looks_like_fif(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return false;
  const PiecewiseFile file(path);
  std::array<std::byte, 12> bytes{};
  if (file.size() < kTagBytes) return false;
  file.read(0, bytes);
  return big_endian<int32_t>(&bytes[0]) == 100 && big_endian<int32_t>(&bytes[4]) == 31 &&
         big_endian<int32_t>(&bytes[8]) == 20;
}

FifFile::FifFile(const std::filesystem::path& path) : file_(path) {
  if (!looks_like_fif(path)) {
    fail(Blame::kData, "{}: does not begin with FIF's tag 100; a FIF file is wanted", path);
  }
  root_ = tree_of(file_);
}

std::string FifFile::where(const FifTag& tag) const {
  return lockstep::text("{}: tag {} at byte {}", path(), tag.kind, tag.position - kTagBytes);
}

void FifFile::read(const FifTag& tag, int64_t offset, std::span<std::byte> bytes) const {
  if (offset < 0 || static_cast<int64_t>(bytes.size()) > tag.size - offset) {
    fail(Blame::kProgram, "{}: bytes outside the value", where(tag));
  }
  file_.read(tag.position + offset, bytes);
}

std::vector<std::byte> FifFile::value(const FifTag& tag) const {
  if (tag.size > kLargestValue) {
    fail(Blame::kData, "{}: {} bytes; at most {} are wanted", where(tag), tag.size, kLargestValue);
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(tag.size));
  file_.read(tag.position, bytes);
  return bytes;
}

std::vector<std::byte> FifFile::record(const FifTag& tag, int64_t size) const {
  if (tag.size != size) {
    fail(Blame::kData, "{}: {} bytes; {} are wanted", where(tag), tag.size, size);
  }
  return value(tag);
}

int32_t FifFile::integer(const FifTag& tag) const {
  return big_endian<int32_t>(record(tag, 4).data());
}

float FifFile::real(const FifTag& tag) const { return big_endian<float>(record(tag, 4).data()); }

std::string FifFile::text(const FifTag& tag) const {
  const std::vector<std::byte> bytes = value(tag);
  return ByteReader(bytes, where(tag)).text(bytes.size(), "text");
}

std::vector<int32_t> FifFile::integers(const FifTag& tag) const {
  const std::vector<std::byte> bytes = value(tag);
  if (tag.type != 3 || bytes.size() % 4 != 0) {
    fail(Blame::kData,
         "{}: {} bytes of type {}; 32-bit integers are wanted",
         where(tag),
         tag.size,
         tag.type);
  }
  std::vector<int32_t> values;
  for (std::size_t i = 0; i < bytes.size(); i += 4)
    values.push_back(big_endian<int32_t>(&bytes[i]));
  return values;
}

std::vector<double> FifFile::reals(const FifTag& tag) const {
  const std::vector<std::byte> bytes = value(tag);
  const std::size_t width = tag.type == 5 ? 8 : 4;
  if ((tag.type != 4 && tag.type != 5) || bytes.size() % width != 0) {
    fail(Blame::kData,
         "{}: {} bytes of type {}; floating-point numbers are wanted",
         where(tag),
         tag.size,
         tag.type);
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < bytes.size(); i += width) {
    values.push_back(width == 8 ? big_endian<double>(&bytes[i]) : big_endian<float>(&bytes[i]));
  }
  return values;
}

FifMatrix FifFile::matrix(const FifTag& tag) const {
  constexpr int64_t kShapeBytes = 12;  // columns, rows, and the number of dimensions
  const std::vector<std::byte> bytes = value(tag);
  const uint32_t element = tag.type & 0xffff;
  const int64_t width = element == 5 ? 8 : 4;
  if ((tag.type & ~uint32_t{0xffff}) != kDense || (element != 4 && element != 5) ||
      tag.size < kShapeBytes) {
    fail(Blame::kData,
         "{}: {} bytes of type {}; a dense matrix of floating-point numbers is wanted",
         where(tag),
         tag.size,
         tag.type);
  }
  const std::byte* shape = bytes.data() + tag.size - kShapeBytes;
  const FifMatrix empty{big_endian<int32_t>(shape + 4), big_endian<int32_t>(shape), {}};
  const int32_t dimensions = big_endian<int32_t>(shape + 8);
  if (dimensions != 2 || empty.rows < 0 || empty.columns < 0 ||
      empty.rows * empty.columns != (tag.size - kShapeBytes) / width ||
      (tag.size - kShapeBytes) % width != 0) {
    fail(Blame::kData,
         "{}: {} bytes for {} rows and {} columns in {} dimensions; a whole matrix is wanted",
         where(tag),
         tag.size,
         empty.rows,
         empty.columns,
         dimensions);
  }
  FifMatrix matrix = empty;
  for (int64_t i = 0; i < empty.rows * empty.columns; ++i) {
    const std::byte* at = &bytes[static_cast<std::size_t>(i * width)];
    matrix.values.push_back(width == 8 ? big_endian<double>(at) : big_endian<float>(at));
  }
  return matrix;
}

}  // namespace lockstep
