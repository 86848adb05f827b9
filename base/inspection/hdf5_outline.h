#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lockstep {

/// A dataset of an HDF5 file, without its values.
struct OutlinedVariable {
  std::string name;   ///< with its group: "recordings/a/data"
  std::string dtype;  ///< "float32", "int64", "str", ...; "other" for what our files never hold
  std::vector<std::string> axes;  ///< one a dimension, "" where the file names none
  std::vector<int64_t> shape;
  std::string units;       ///< attribute `units`; empty if there is none
  bool is_axis = false;    ///< a dimension scale
  bool has_values = true;  ///< false for an axis that is a length alone
};

struct Hdf5Outline {
  std::vector<OutlinedVariable> variables;  ///< of all groups, by name
  nlohmann::ordered_json attributes;        ///< of the root, by name; numbers and texts
};

/// What is in any HDF5 file. Throws Error(kData) if it cannot be read.
Hdf5Outline outline_hdf5(const std::filesystem::path& file);

}  // namespace lockstep
