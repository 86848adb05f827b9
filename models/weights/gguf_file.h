#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace lockstep {

/// Types of metadata values, numbered as in the file.
enum class GgufType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

/// One metadata value as it lies in the file. An array has `count` elements of type `element`.
struct GgufValue {
  GgufType type = GgufType::kU8;
  GgufType element = GgufType::kU8;
  uint64_t count = 1;
  std::span<const std::byte> bytes;  ///< of the elements
};

/// One tensor as the file names it.
struct GgufTensor {
  std::string name;
  std::string type;            ///< "Q4_1", "IQ3_S", ...
  std::vector<int64_t> shape;  ///< slowest first: reversed from the file
  std::span<const std::byte> bytes;
};

/// A .gguf file (versions 2 and 3), mapped: metadata and tensors, everything checked against the
/// file's size before use. Throws Error(kData) naming the file, the key or tensor, and the numbers.
/// Strings are views into the file.
class GgufFile {
 public:
  explicit GgufFile(const std::filesystem::path& path);
  /// The same of bytes that are in memory, and outlive it, under the name `path`.
  GgufFile(const std::filesystem::path& path, std::span<const std::byte> bytes);

  const std::filesystem::path& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }
  /// Null where the bytes are the caller's.
  const MappedFile* file() const { return file_ ? &*file_ : nullptr; }
  const std::map<std::string, GgufValue, std::less<>>& metadata() const { return metadata_; }
  const std::vector<GgufTensor>& tensors() const { return tensors_; }

  bool has(std::string_view key) const { return metadata_.contains(key); }

  /// The value of a key that must exist and be of that form: any integer type for integer() (a bool
  /// is none), any number for number(). Throws Error(kData) "<file>: <key>: missing; an integer is
  /// wanted".
  std::string_view text(std::string_view key) const;
  int64_t integer(std::string_view key) const;
  double number(std::string_view key) const;
  bool boolean(std::string_view key) const;
  std::vector<std::string_view> texts(std::string_view key) const;
  std::vector<int64_t> integers(std::string_view key) const;
  std::vector<double> numbers(std::string_view key) const;

  /// The same where the key may be absent.
  std::optional<std::string_view> find_text(std::string_view key) const;
  std::optional<int64_t> find_integer(std::string_view key) const;
  std::optional<double> find_number(std::string_view key) const;
  std::optional<bool> find_boolean(std::string_view key) const;

  /// Every scalar, and every array of at most `longest` elements, by key. Throws Error(kData)
  /// naming a key whose text is not UTF-8.
  nlohmann::json short_metadata(uint64_t longest) const;

 private:
  void take(std::span<const std::byte> bytes);
  /// Of an array, each read by `read_one`, which gives nothing for another type.
  template <class Read>
  auto elements(std::string_view key, std::string_view wanted, Read read_one) const;
  const GgufValue& need(std::string_view key, std::string_view wanted) const;
  [[noreturn]] void refuse(std::string_view key,
                           const GgufValue& value,
                           std::string_view wanted) const;

  std::filesystem::path path_;
  std::optional<MappedFile> file_;
  std::span<const std::byte> bytes_;
  std::map<std::string, GgufValue, std::less<>> metadata_;
  std::vector<GgufTensor> tensors_;
};

}  // namespace lockstep
