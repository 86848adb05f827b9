// Typed access to the metadata of a GGUF file.
#include "models/weights/gguf_file.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/utf8.h"
#include "models/weights/byte_cursor.h"
#include "models/weights/gguf_reader.h"
#include "models/weights/gguf_values.h"

namespace lockstep {
namespace {

/// Element `k` as an int64, if the type is an integer's and the value fits.
std::optional<int64_t> integer_at(GgufType type, std::span<const std::byte> bytes) {
  switch (type) {
    case GgufType::kU8:
      return scalar_at<uint8_t>(bytes);
    case GgufType::kI8:
      return scalar_at<int8_t>(bytes);
    case GgufType::kU16:
      return scalar_at<uint16_t>(bytes);
    case GgufType::kI16:
      return scalar_at<int16_t>(bytes);
    case GgufType::kU32:
      return scalar_at<uint32_t>(bytes);
    case GgufType::kI32:
      return scalar_at<int32_t>(bytes);
    case GgufType::kI64:
      return scalar_at<int64_t>(bytes);
    case GgufType::kU64: {
      const auto value = scalar_at<uint64_t>(bytes);
      return value <= INT64_MAX ? std::optional(static_cast<int64_t>(value)) : std::nullopt;
    }
    default:
      return {};
  }
}

std::optional<double> number_at(GgufType type, std::span<const std::byte> bytes) {
  if (type == GgufType::kF32) return static_cast<double>(scalar_at<float>(bytes));
  if (type == GgufType::kF64) return scalar_at<double>(bytes);
  if (type == GgufType::kU64) return static_cast<double>(scalar_at<uint64_t>(bytes));
  const std::optional<int64_t> integer = integer_at(type, bytes);
  return integer ? std::optional(static_cast<double>(*integer)) : std::nullopt;
}

/// The strings of a value, one after the other: length u64, bytes.
std::vector<std::string_view> strings_of(const GgufValue& value) {
  std::vector<std::string_view> strings;
  strings.reserve(value.count);
  std::span<const std::byte> rest = value.bytes;
  for (uint64_t k = 0; k < value.count; ++k) {
    const auto length = scalar_at<uint64_t>(rest);
    strings.emplace_back(reinterpret_cast<const char*>(rest.data() + sizeof(length)), length);
    rest = rest.subspan(sizeof(length) + length);
  }
  return strings;
}

nlohmann::json scalar_json(GgufType type, std::span<const std::byte> bytes) {
  if (type == GgufType::kBool) return bytes.front() != std::byte{0};
  if (type == GgufType::kU64) return scalar_at<uint64_t>(bytes);
  if (const auto integer = integer_at(type, bytes)) return *integer;
  return *number_at(type, bytes);
}

nlohmann::json to_json(const GgufValue& value, const std::string& where) {
  nlohmann::json list = nlohmann::json::array();
  if (value.element == GgufType::kString) {
    for (const std::string_view string : strings_of(value)) {
      from_utf8(string, where);  // dump() would throw later and name nothing
      list.push_back(string);
    }
  } else {
    const uint64_t size = gguf_size(value.element);
    for (uint64_t k = 0; k < value.count; ++k) {
      list.push_back(scalar_json(value.element, value.bytes.subspan(k * size, size)));
    }
  }
  return value.type == GgufType::kArray ? list : list.front();
}

}  // namespace

GgufFile::GgufFile(const std::filesystem::path& path) : path_(path), file_(path) {
  take(file_->bytes());
}

GgufFile::GgufFile(const std::filesystem::path& path, std::span<const std::byte> bytes)
    : path_(path) {
  take(bytes);
}

void GgufFile::take(std::span<const std::byte> bytes) {
  bytes_ = bytes;
  GgufContents contents = read_gguf(bytes, path_.string());
  metadata_ = std::move(contents.metadata);
  tensors_ = std::move(contents.tensors);
}

const GgufValue& GgufFile::need(std::string_view key, std::string_view wanted) const {
  const auto found = metadata_.find(key);
  if (found == metadata_.end())
    fail(Blame::kData, "{}: {}: missing; {} is wanted", path_, key, wanted);
  return found->second;
}

void GgufFile::refuse(std::string_view key, const GgufValue& value, std::string_view wanted) const {
  const std::string type =
      value.type == GgufType::kArray
          ? lockstep::text("array of {} {}", value.count, to_text(value.element))
          : to_text(value.type);
  fail(Blame::kData, "{}: {}: {}; {} is wanted", path_, key, type, wanted);
}

std::string_view GgufFile::text(std::string_view key) const {
  const GgufValue& value = need(key, "a string");
  if (value.type != GgufType::kString) refuse(key, value, "a string");
  return strings_of(value).front();
}

int64_t GgufFile::integer(std::string_view key) const {
  const GgufValue& value = need(key, "an integer");
  const auto found = integer_at(value.type, value.bytes);
  if (!found) refuse(key, value, "an integer");
  return *found;
}

double GgufFile::number(std::string_view key) const {
  const GgufValue& value = need(key, "a number");
  const auto found = number_at(value.type, value.bytes);
  if (!found) refuse(key, value, "a number");
  return *found;
}

bool GgufFile::boolean(std::string_view key) const {
  const GgufValue& value = need(key, "a bool");
  if (value.type != GgufType::kBool) refuse(key, value, "a bool");
  return value.bytes.front() != std::byte{0};
}

std::vector<std::string_view> GgufFile::texts(std::string_view key) const {
  const GgufValue& value = need(key, "an array of strings");
  if (value.type != GgufType::kArray || value.element != GgufType::kString) {
    refuse(key, value, "an array of strings");
  }
  return strings_of(value);
}

template <class Read>
auto GgufFile::elements(std::string_view key, std::string_view wanted, Read read_one) const {
  const GgufValue& value = need(key, wanted);
  if (value.type != GgufType::kArray) refuse(key, value, wanted);
  const uint64_t size = gguf_size(value.element);
  std::vector<typename decltype(read_one(value.element, value.bytes))::value_type> all;
  all.reserve(value.count);
  for (uint64_t k = 0; k < value.count; ++k) {
    const auto found = read_one(value.element, value.bytes.subspan(k * size));
    if (!found) refuse(key, value, wanted);
    all.push_back(*found);
  }
  return all;
}

std::vector<int64_t> GgufFile::integers(std::string_view key) const {
  return elements(key, "an array of integers", integer_at);
}

std::vector<double> GgufFile::numbers(std::string_view key) const {
  return elements(key, "an array of numbers", number_at);
}

std::optional<std::string_view> GgufFile::find_text(std::string_view key) const {
  return has(key) ? std::optional(text(key)) : std::nullopt;
}
std::optional<int64_t> GgufFile::find_integer(std::string_view key) const {
  return has(key) ? std::optional(integer(key)) : std::nullopt;
}
std::optional<double> GgufFile::find_number(std::string_view key) const {
  return has(key) ? std::optional(number(key)) : std::nullopt;
}
std::optional<bool> GgufFile::find_boolean(std::string_view key) const {
  return has(key) ? std::optional(boolean(key)) : std::nullopt;
}

nlohmann::json GgufFile::short_metadata(uint64_t longest) const {
  nlohmann::json all = nlohmann::json::object();
  for (const auto& [key, value] : metadata_) {
    const std::string where = lockstep::text("{}: {}", path_, key);
    from_utf8(key, path_.string() + ": a metadata key");
    if (value.type != GgufType::kArray || value.count <= longest) all[key] = to_json(value, where);
  }
  return all;
}

}  // namespace lockstep
