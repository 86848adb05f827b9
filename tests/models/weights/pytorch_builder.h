#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>

#include "tests/models/weights/safetensors_builder.h"

namespace lockstep::testing {

/// A zip archive of records as they are, right or (through its fields) wrong.
class ZipBuilder {
 public:
  uint16_t method = 0;
  uint16_t flags = 0;
  uint32_t crc_change = 0;    ///< of every record
  int64_t size_change = 0;    ///< of every record, in the directory
  int64_t offset_change = 0;  ///< of every record, in the directory
  bool has_long_numbers = false;

  ZipBuilder& add(const std::string& name, const std::string& data, std::string local_name = {}) {
    if (local_name.empty()) local_name = name;
    const auto crc = static_cast<uint32_t>(
        crc32_z(0, reinterpret_cast<const unsigned char*>(data.data()), data.size()));
    const auto stored = [&](uint64_t number) {
      return bytes_of(has_long_numbers ? 0xffffffffu : static_cast<uint32_t>(number));
    };
    const uint64_t size = data.size() + static_cast<uint64_t>(size_change);
    const uint64_t offset = file_.size() + static_cast<uint64_t>(offset_change);
    const std::string middle = bytes_of(flags) + bytes_of(method) + bytes_of<uint32_t>(0) +
                               bytes_of(crc ^ crc_change) + stored(size) + stored(size);
    const std::string numbers = has_long_numbers
                                    ? bytes_of<uint16_t>(1) + bytes_of<uint16_t>(24) +
                                          bytes_of(size) + bytes_of(size) + bytes_of(offset)
                                    : "";
    directory_ += "PK\1\2" + bytes_of<uint32_t>(0) + middle + length(name) + length(numbers) +
                  std::string(2 + 2 + 2 + 4, '\0') + stored(offset) + name + numbers;
    // Padding, as PyTorch aligns its records: an extra field of its own.
    const std::string padding = "FB" + bytes_of<uint16_t>(5) + "ZZZZZ";
    file_ += "PK\3\4" + bytes_of<uint16_t>(0) + middle + length(local_name) + length(padding) +
             local_name + padding + data;
    ++entries_;
    return *this;
  }

  std::string bytes(const std::string& comment = {}) const {
    std::string end;
    if (has_long_numbers) {
      const uint64_t at = file_.size() + directory_.size();
      end = "PK\6\6" + bytes_of<uint64_t>(44) + std::string(2 + 2 + 4 + 4, '\0') +
            bytes_of<uint64_t>(entries_) + bytes_of<uint64_t>(entries_) +
            bytes_of<uint64_t>(directory_.size()) + bytes_of<uint64_t>(file_.size());
      end += "PK\6\7" + bytes_of<uint32_t>(0) + bytes_of(at) + bytes_of<uint32_t>(1);
    }
    const auto stored = [&](uint64_t number) {
      return bytes_of(has_long_numbers ? 0xffffffffu : static_cast<uint32_t>(number));
    };
    const auto entries = static_cast<uint16_t>(has_long_numbers ? 0xffffu : entries_);
    return file_ + directory_ + end + "PK\5\6" + bytes_of<uint32_t>(0) + bytes_of(entries) +
           bytes_of(entries) + stored(directory_.size()) + stored(file_.size()) + length(comment) +
           comment;
  }

 private:
  static std::string length(const std::string& text) {
    return bytes_of(static_cast<uint16_t>(text.size()));
  }

  std::string file_;
  std::string directory_;
  uint32_t entries_ = 0;
};

// ---- operations of a pickle, as torch.save writes them ------------------------------------------

inline std::string pickled_text(const std::string& text) {
  return "X" + bytes_of(static_cast<uint32_t>(text.size())) + text;
}
inline std::string pickled_integer(int64_t number) { return "\x8a\x08" + bytes_of(number); }
inline std::string pickled_tuple(const std::vector<int64_t>& numbers) {
  std::string items;
  for (const int64_t number : numbers) items += pickled_integer(number);
  return "(" + items + "t";
}
inline std::string pickled_global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

/// A tensor: a view of a storage, both with any numbers.
struct TensorPickle {
  std::string storage = "0";
  std::string type = "FloatStorage";
  int64_t storage_elements = 6;
  int64_t offset = 0;
  std::vector<int64_t> shape{2, 3};
  std::vector<int64_t> strides{3, 1};

  std::string bytes() const {
    return pickled_global("torch._utils", "_rebuild_tensor_v2") + "((" + pickled_text("storage") +
           pickled_global("torch", type) + pickled_text(storage) + pickled_text("cpu") +
           pickled_integer(storage_elements) + "tQ" + pickled_integer(offset) +
           pickled_tuple(shape) + pickled_tuple(strides) + "\x89" +
           pickled_global("collections", "OrderedDict") + ")RtR";
  }
};

/// A dict of one pickled value under "w".
inline std::string state_dict_of(const std::string& value) {
  return "\x80\x02}" + pickled_text("w") + value + "s.";
}

}  // namespace lockstep::testing
