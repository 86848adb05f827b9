// The GGUF container (docs/gguf.md of ggml-org/ggml, versions 2 and 3), little-endian:
//   "GGUF", version u32, tensor_count u64, pair_count u64
//   pair_count times:   key string, type u32, value
//   tensor_count times: name string, n_dims u32 (1 to 4), dims u64[n_dims] fastest first, type u32,
//                       offset u64 from the beginning of the data, a multiple of the alignment
//   padding to the next multiple of general.alignment (u32, a power of two, 32 if absent), then the
//   data
// Values: gguf_values.cpp. Nothing is allocated by a number in the file before that number was
// compared with the bytes that are left.
#include "models/weights/gguf_reader.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.h"
#include "models/weights/element_type.h"
#include "models/weights/gguf_values.h"

namespace lockstep {
namespace {

constexpr uint64_t kSmallestPair = 8 + 4 + 1;
constexpr uint64_t kSmallestTensor = 8 + 4 + 8 + 4 + 8;
constexpr uint64_t kDefaultAlignment = 32;

/// ggml's tensor types: all that exist are measured, so that a file can be checked whatever it
/// holds.
struct TensorType {
  uint32_t number;
  std::string_view name;
  BlockFormat format;
};

// GGML_QUANT_SIZES of the gguf package 0.19.
constexpr TensorType kTensorTypes[] = {
    {0, "F32", {1, 4}},         {1, "F16", {1, 2}},         {2, "Q4_0", {32, 18}},
    {3, "Q4_1", {32, 20}},      {6, "Q5_0", {32, 22}},      {7, "Q5_1", {32, 24}},
    {8, "Q8_0", {32, 34}},      {9, "Q8_1", {32, 40}},      {10, "Q2_K", {256, 84}},
    {11, "Q3_K", {256, 110}},   {12, "Q4_K", {256, 144}},   {13, "Q5_K", {256, 176}},
    {14, "Q6_K", {256, 210}},   {15, "Q8_K", {256, 292}},   {16, "IQ2_XXS", {256, 66}},
    {17, "IQ2_XS", {256, 74}},  {18, "IQ3_XXS", {256, 98}}, {19, "IQ1_S", {256, 50}},
    {20, "IQ4_NL", {32, 18}},   {21, "IQ3_S", {256, 110}},  {22, "IQ2_S", {256, 82}},
    {23, "IQ4_XS", {256, 136}}, {24, "I8", {1, 1}},         {25, "I16", {1, 2}},
    {26, "I32", {1, 4}},        {27, "I64", {1, 8}},        {28, "F64", {1, 8}},
    {29, "IQ1_M", {256, 56}},   {30, "BF16", {1, 2}},       {34, "TQ1_0", {256, 54}},
    {35, "TQ2_0", {256, 66}},   {39, "MXFP4", {32, 17}},    {40, "NVFP4", {64, 36}},
    {41, "Q1_0", {128, 18}},
};

const TensorType& tensor_type(uint32_t number, const std::string& what) {
  for (const TensorType& type : kTensorTypes) {
    if (type.number == number) return type;
  }
  fail(Blame::kData, "{}: type {} is unknown", what, number);
}

/// A tensor's entry; its bytes are cut out when the beginning of the data is known.
struct Entry {
  GgufTensor tensor;
  uint64_t offset = 0;
  uint64_t size = 0;
};

uint64_t bytes_of(const GgufTensor& tensor, BlockFormat format, const std::string& what) {
  if (tensor.shape.back() % format.elements != 0) {
    fail(Blame::kData,
         "{}: rows of {} elements; {} has blocks of {}",
         what,
         tensor.shape.back(),
         tensor.type,
         format.elements);
  }
  std::optional<int64_t> bytes =
      checked_product(tensor.shape.back() / format.elements, format.bytes);
  for (std::size_t k = 0; k + 1 < tensor.shape.size(); ++k) {
    bytes = bytes ? checked_product(*bytes, tensor.shape[k]) : bytes;
  }
  if (!bytes)
    fail(Blame::kData,
         "{}: a shape of [{}] takes more than 2^63 bytes",
         what,
         join(tensor.shape, ", "));
  return static_cast<uint64_t>(*bytes);
}

Entry read_entry(ByteCursor& cursor, const std::string& where) {
  Entry entry;
  const std::string_view name = read_gguf_string(cursor, where + ": a tensor's name");
  const std::string what = where + ": tensor " + printable(name);
  entry.tensor.name = name;
  const auto num_dims = cursor.scalar<uint32_t>(what);
  if (num_dims < 1 || num_dims > 4)
    fail(Blame::kData, "{}: {} dimensions; 1 to 4 are wanted", what, num_dims);
  for (uint32_t k = 0; k < num_dims; ++k) {
    const auto size = cursor.scalar<uint64_t>(what);
    if (size < 1 || size > INT64_MAX)
      fail(Blame::kData, "{}: a dimension of {}; 1 to 2^63 - 1 are wanted", what, size);
    entry.tensor.shape.insert(entry.tensor.shape.begin(), static_cast<int64_t>(size));
  }
  const TensorType& type = tensor_type(cursor.scalar<uint32_t>(what), what);
  entry.tensor.type = type.name;
  entry.offset = cursor.scalar<uint64_t>(what);
  entry.size = bytes_of(entry.tensor, type.format, what);
  return entry;
}

uint64_t alignment_of(const GgufContents& contents, const std::string& where) {
  const auto found = contents.metadata.find("general.alignment");
  if (found == contents.metadata.end()) return kDefaultAlignment;
  if (found->second.type != GgufType::kU32) {
    fail(Blame::kData,
         "{}: general.alignment: type {}; u32 is wanted",
         where,
         to_text(found->second.type));
  }
  const auto alignment = scalar_at<uint32_t>(found->second.bytes);
  const bool is_power = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!is_power)
    fail(Blame::kData, "{}: general.alignment: {}; a power of two is wanted", where, alignment);
  return alignment;
}

/// `value` at the next multiple. No overflow: a position in a file, far below 2^63.
uint64_t align(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

void check_offset(const Entry& entry,
                  uint64_t alignment,
                  uint64_t data_size,
                  const std::string& where) {
  if (entry.offset % alignment != 0) {
    fail(Blame::kData,
         "{}: tensor {} is at {}; a multiple of {} is wanted",
         where,
         printable(entry.tensor.name),
         entry.offset,
         alignment);
  }
  if (entry.offset > data_size || entry.size > data_size - entry.offset) {
    fail(Blame::kData,
         "{}: tensor {} has {} bytes at {}; the data have {}",
         where,
         printable(entry.tensor.name),
         entry.size,
         entry.offset,
         data_size);
  }
}

/// No tensor begins before another's end.
void check_overlaps(const std::vector<Entry>& entries, const std::string& where) {
  std::vector<const Entry*> sorted;
  sorted.reserve(entries.size());
  for (const Entry& entry : entries) sorted.push_back(&entry);
  std::stable_sort(
      sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->offset < b->offset; });
  for (std::size_t k = 1; k < sorted.size(); ++k) {
    const Entry& before = *sorted[k - 1];
    if (sorted[k]->offset < before.offset + before.size) {
      fail(Blame::kData,
           "{}: tensor {} begins at {}, before the end of {} at {}",
           where,
           printable(sorted[k]->tensor.name),
           sorted[k]->offset,
           printable(before.tensor.name),
           before.offset + before.size);
    }
  }
}

struct Counts {
  uint64_t tensors = 0;
  uint64_t pairs = 0;
};

Counts read_header(ByteCursor& cursor, const std::string& where) {
  const auto magic = cursor.take(4, "the magic number");
  if (std::memcmp(magic.data(), "GGUF", 4) != 0)
    fail(Blame::kData, "{}: does not begin with \"GGUF\"", where);
  const auto version = cursor.scalar<uint32_t>("the version");
  if ((version & 0xffffu) == 0)
    fail(Blame::kData, "{}: is big-endian; little-endian is wanted", where);
  if (version != 2 && version != 3)
    fail(Blame::kData, "{}: GGUF version {}; 2 or 3 is wanted", where, version);
  Counts counts;
  counts.tensors = cursor.scalar<uint64_t>("the number of tensors");
  counts.pairs = cursor.scalar<uint64_t>("the number of metadata pairs");
  if (counts.pairs > cursor.left() / kSmallestPair ||
      counts.tensors > cursor.left() / kSmallestTensor) {
    fail(Blame::kData,
         "{}: {} metadata pairs and {} tensors are announced; {} bytes are left",
         where,
         counts.pairs,
         counts.tensors,
         cursor.left());
  }
  return counts;
}

}  // namespace

GgufContents read_gguf(std::span<const std::byte> bytes, const std::string& where) {
  GgufContents contents;
  ByteCursor cursor(bytes, where);
  const Counts counts = read_header(cursor, where);
  for (uint64_t k = 0; k < counts.pairs; ++k) {
    const std::string_view key = read_gguf_string(cursor, "a metadata key");
    const GgufValue value = read_gguf_value(cursor, where + ": " + printable(key));
    if (!contents.metadata.emplace(key, value).second)
      fail(Blame::kData, "{}: {} occurs twice", where, printable(key));
  }
  std::vector<Entry> entries;
  std::set<std::string_view> names;
  for (uint64_t k = 0; k < counts.tensors; ++k) {
    entries.push_back(read_entry(cursor, where));
  }
  for (const Entry& entry : entries) {
    if (!names.insert(entry.tensor.name).second) {
      fail(Blame::kData, "{}: tensor {} occurs twice", where, printable(entry.tensor.name));
    }
  }
  const uint64_t alignment = alignment_of(contents, where);
  const uint64_t begin = std::min<uint64_t>(align(cursor.position(), alignment), bytes.size());
  const auto data = bytes.subspan(begin);
  for (Entry& entry : entries) {
    check_offset(entry, alignment, data.size(), where);
    entry.tensor.bytes = data.subspan(entry.offset, entry.size);
  }
  check_overlaps(entries, where);
  for (Entry& entry : entries) contents.tensors.push_back(std::move(entry.tensor));
  return contents;
}

}  // namespace lockstep
