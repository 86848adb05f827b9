#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hdf5_handle.h"

namespace lockstep {

/// Reads HDF5. Every failure names the file, the dataset or attribute, what was found and what was
/// wanted, and is an Error(kData). Sizes are checked against what the caller asks for before
/// anything is allocated. Not thread-safe.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::filesystem::path& file);

  const std::filesystem::path& path() const { return path_; }
  bool has(const std::string& name) const;
  /// Names of the groups inside a group, in alphabetical order; "" is the root.
  std::vector<std::string> groups(const std::string& name) const;
  std::vector<std::string> variables(const std::string& group) const;
  std::vector<int64_t> shape(const std::string& name) const;
  /// Bytes of one value as it is stored: 2 for float16.
  int64_t value_bytes(const std::string& name) const;
  /// Names of the axes as dimension scales give them (the last part of each name); "" where there
  /// is none.
  std::vector<std::string> axes(const std::string& name) const;
  /// Throws unless `name` lies on exactly these axes.
  void expect_axes(const std::string& name, const std::vector<std::string>& axes) const;

  /// All values, converted by HDF5 (float16 to float, for example).
  std::vector<double> doubles(const std::string& name) const;
  std::vector<float> floats(const std::string& name) const;
  std::vector<int64_t> integers(const std::string& name) const;
  std::vector<std::string> strings(const std::string& name) const;
  /// A block: `start` and `count` have one entry an axis.
  void read_block(const std::string& name,
                  const std::vector<int64_t>& start,
                  const std::vector<int64_t>& count,
                  std::span<float> into) const;
  void read_block(const std::string& name,
                  const std::vector<int64_t>& start,
                  const std::vector<int64_t>& count,
                  std::span<double> into) const;

  bool has_attribute(const std::string& object, const std::string& name) const;
  std::string text_attribute(const std::string& object, const std::string& name) const;
  double number_attribute(const std::string& object, const std::string& name) const;
  int64_t integer_attribute(const std::string& object, const std::string& name) const;

 private:
  Hdf5Handle open_dataset(const std::string& name) const;
  Hdf5Handle open_attribute(const std::string& object, const std::string& name) const;
  template <class T>
  std::vector<T> read_all(const std::string& name, hid_t memory_type) const;
  template <class T>
  void read_part(const std::string& name,
                 const std::vector<int64_t>& start,
                 const std::vector<int64_t>& count,
                 std::span<T> into,
                 hid_t memory_type) const;

  std::filesystem::path path_;
  Hdf5Handle file_;
};

}  // namespace lockstep
