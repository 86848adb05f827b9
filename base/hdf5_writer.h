#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/hdf5_handle.h"

namespace lockstep {

/// Writes netCDF-4 compatible HDF5: every axis of every variable is a dimension scale, so xarray
/// and netCDF name them. Names may hold groups ("recordings/a/data"), which are made on the way; an
/// axis is looked up in the variable's own group, then in its parents. Datasets are contiguous. The
/// file is created under exactly the name given: callers use a partial name and rename (FilledFile,
/// write_hdf5_whole).
///
///   (define | write | reserve | attribute)* close
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& file);
  ~Hdf5Writer();

  /// An axis without values.
  void define_axis(const std::string& name, int64_t length);
  /// An axis with values; `units` may be empty.
  void define_axis(const std::string& name,
                   std::span<const double> values,
                   const std::string& units);
  void define_axis(const std::string& name,
                   std::span<const int64_t> values,
                   const std::string& units);
  void define_axis(const std::string& name, std::span<const std::string> values);

  /// A variable on axes, the last varying fastest; the size must match. No axes: a scalar.
  void write(const std::string& name,
             std::span<const float> values,
             const std::vector<std::string>& axes,
             const std::string& units = {});
  void write(const std::string& name,
             std::span<const double> values,
             const std::vector<std::string>& axes,
             const std::string& units = {});
  void write(const std::string& name,
             std::span<const int64_t> values,
             const std::vector<std::string>& axes,
             const std::string& units = {});
  void write(const std::string& name,
             std::span<const int32_t> values,
             const std::vector<std::string>& axes,
             const std::string& units = {});
  void write(const std::string& name,
             std::span<const uint8_t> values,
             const std::vector<std::string>& axes,
             const std::string& units = {});
  void write(const std::string& name,
             std::span<const std::string> values,
             const std::vector<std::string>& axes);

  enum class Storage { kFloat16, kFloat32, kFloat64, kInt32, kUint8 };
  /// A variable whose space is allocated and whose values are filled in later, at dataset_offset().
  void reserve(const std::string& name,
               Storage storage,
               const std::vector<std::string>& axes,
               const std::string& units = {});

  /// `object` is a variable or group; "" is the root. Scalars; strings are UTF-8 of variable
  /// length.
  void attribute(const std::string& object, const std::string& name, const std::string& value);
  void attribute(const std::string& object, const std::string& name, const char* value) {
    attribute(object, name, std::string(value));
  }
  void attribute(const std::string& object, const std::string& name, double value);
  void attribute(const std::string& object, const std::string& name, int64_t value);
  void attribute(const std::string& object,
                 const std::string& name,
                 std::span<const double> values);
  void attribute(const std::string& object,
                 const std::string& name,
                 std::span<const uint8_t> values);

  void close();

 private:
  Hdf5Handle create(const std::string& name,
                    hid_t type,
                    const std::vector<std::string>& axes,
                    const Hdf5Handle& properties);
  void define(const std::string& name,
              hid_t file_type,
              hid_t memory_type,
              const void* values,
              int64_t length,
              const std::string& units);
  void put(const std::string& name,
           hid_t file_type,
           hid_t memory_type,
           const void* values,
           std::size_t count,
           const std::vector<std::string>& axes,
           const std::string& units);
  std::string find_axis(const std::string& variable, const std::string& axis) const;
  Hdf5Handle object(const std::string& name) const;

  std::filesystem::path path_;
  Hdf5Handle file_;
  std::map<std::string, int64_t> axes_;                       // full name -> length
  std::map<std::string, std::vector<std::string>> attached_;  // variable -> full names of its axes
};

/// Bytes from the start of the file to the first value of a contiguous dataset.
int64_t dataset_offset(const std::filesystem::path& file, const std::string& name);

}  // namespace lockstep
