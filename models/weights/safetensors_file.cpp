// A .safetensors file (github.com/huggingface/safetensors, "Format"):
//   u64, little-endian: n, the length of the header (at most 100,000,000)
//   n bytes of JSON: {"<name>": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..,
//                     "__metadata__": {"..": ".."}}, perhaps padded with spaces
//   the data: offsets count from its first byte; no holes, no overlaps, row-major, little-endian
#include "models/weights/safetensors_file.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.h"
#include "models/weights/element_type.h"

namespace lockstep {
namespace {

using nlohmann::json;

constexpr uint64_t kLongestHeader = 100'000'000;  // the reference implementation's limit
constexpr std::size_t kLengthBytes = 8;

struct Parts {
  std::string_view header;
  std::span<const std::byte> data;
};

Parts split_file(std::span<const std::byte> bytes, const std::string& where) {
  if (bytes.size() < kLengthBytes) {
    fail(Blame::kData, "{}: {} bytes; a safetensors file has 8 and a header", where, bytes.size());
  }
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  const uint64_t rest = bytes.size() - kLengthBytes;
  if (length > rest || length > kLongestHeader) {
    fail(Blame::kData,
         "{}: a header of {} bytes is announced and {} follow; at most 100,000,000 are allowed",
         where,
         length,
         rest);
  }
  const auto* text = reinterpret_cast<const char*>(bytes.data() + kLengthBytes);
  return {{text, length}, bytes.subspan(kLengthBytes + length)};
}

/// Reads JSON for its shape alone: keys of one object may not repeat, and nothing is nested deeper
/// than a tensor's lists. (json::parse with a callback would see both, in a time that grows with
/// the square of the number of tensors.)
class HeaderCheck : public nlohmann::json_sax<json> {
 public:
  explicit HeaderCheck(const std::string& where) : where_(where) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (!keys_.back().insert(name).second) {
      fail(Blame::kData, "{}: {} occurs twice in the header", where_, json(name).dump());
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
    fail(Blame::kData, "{}: the header is not JSON: {}", where_, error.what());
  }

 private:
  bool open() {
    constexpr std::size_t kDeepest = 4;
    keys_.emplace_back();
    if (keys_.size() > kDeepest) {
      fail(Blame::kData, "{}: the header is nested deeper than {} levels", where_, kDeepest);
    }
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  const std::string& where_;
  std::vector<std::set<std::string>> keys_;  // of the objects and lists that are open
};

json parse_header(std::string_view header, const std::string& where) {
  HeaderCheck check(where);
  json::sax_parse(header, &check);
  return json::parse(header);
}

int64_t size_of(const json& value, const std::string& what) {
  const bool is_size = value.is_number_unsigned() && value.get<uint64_t>() <= INT64_MAX;
  if (!is_size) fail(Blame::kData, "{}: {}; a number of 0 or more is wanted", what, value.dump());
  return value.get<int64_t>();
}

/// A tensor's entry in the header, its bytes cut out of the data.
class Entry {
 public:
  Entry(const std::string& name, const json& entry, const std::string& where)
      : name_(name), what_(text("{}: tensor {}", where, json(name).dump())) {
    const bool is_whole = entry.is_object() && entry.contains("dtype") && entry.contains("shape") &&
                          entry.contains("data_offsets") && entry["dtype"].is_string() &&
                          entry["shape"].is_array() && entry["data_offsets"].is_array() &&
                          entry["data_offsets"].size() == 2;
    if (!is_whole) fail(Blame::kData, "{}: dtype, shape and two data_offsets are wanted", what_);
    const auto dtype = entry["dtype"].get<std::string>();
    const std::optional<ElementType> type = element_type(dtype);
    if (!type || block_format(*type).elements != 1) {
      fail(Blame::kData, "{} has dtype {}, which is not supported", what_, json(dtype).dump());
    }
    type_ = *type;
    for (const json& size : entry["shape"]) shape_.push_back(size_of(size, what_ + ": shape"));
    begin_ = size_of(entry["data_offsets"][0], what_ + ": data_offsets");
    end_ = size_of(entry["data_offsets"][1], what_ + ": data_offsets");
    check_length();
  }

  const std::string& name() const { return name_; }
  int64_t begin() const { return begin_; }
  int64_t end() const { return end_; }

  StoredTensor stored(std::span<const std::byte> data) const {
    const auto bytes =
        data.subspan(static_cast<std::size_t>(begin_), static_cast<std::size_t>(end_ - begin_));
    return {.name = name_, .type = type_, .shape = shape_, .bytes = bytes, .ops = {}};
  }

 private:
  void check_length() const {
    std::optional<int64_t> bytes = block_format(type_).bytes;
    for (const int64_t size : shape_) bytes = bytes ? checked_product(*bytes, size) : bytes;
    if (!bytes || end_ < begin_ || *bytes != end_ - begin_) {
      fail(Blame::kData,
           "{}: {} [{}] takes {} bytes; its offsets are {} to {}",
           what_,
           to_text(type_),
           join(shape_, ", "),
           bytes ? to_text(*bytes) : "more than 2^63",
           begin_,
           end_);
    }
  }

  std::string name_;
  std::string what_;
  ElementType type_ = ElementType::kF32;
  std::vector<int64_t> shape_;
  int64_t begin_ = 0;
  int64_t end_ = 0;
};

/// Sorted by offset, each entry begins where the one before ends, and the last ends with the file.
void check_tiling(const std::vector<Entry>& entries,
                  std::size_t data_bytes,
                  const std::string& where) {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) {
    return std::tuple(a->begin(), a->end()) < std::tuple(b->begin(), b->end());
  });
  int64_t end = 0;
  std::string before = "the header";
  for (const Entry* entry : sorted) {
    if (entry->begin() != end) {
      fail(Blame::kData,
           "{}: tensor \"{}\" begins at {}, where {} is wanted: the end of {}",
           where,
           entry->name(),
           entry->begin(),
           end,
           before);
    }
    end = entry->end();
    before = "tensor \"" + entry->name() + "\"";
  }
  if (static_cast<uint64_t>(end) != data_bytes) {
    fail(Blame::kData,
         "{}: the tensors take {} bytes and {} follow the header",
         where,
         end,
         data_bytes);
  }
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : path_(path), file_(path), tensors_(read_safetensors(file_.bytes(), path.string())) {
  for (auto& [name, tensor] : tensors_) tensor.file = &file_;
}

std::map<std::string, StoredTensor> read_safetensors(std::span<const std::byte> bytes,
                                                     const std::string& where) {
  const Parts parts = split_file(bytes, where);
  const json header = parse_header(parts.header, where);
  if (!header.is_object()) fail(Blame::kData, "{}: the header is no JSON object", where);
  std::vector<Entry> entries;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") entries.emplace_back(name, entry, where);
  }
  check_tiling(entries, parts.data.size(), where);
  std::map<std::string, StoredTensor> tensors;
  for (const Entry& entry : entries) tensors[entry.name()] = entry.stored(parts.data);
  return tensors;
}

}  // namespace lockstep
