#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/inspection/file_facts.h"
#include "base/inspection/hdf5_outline.h"

namespace lockstep {

/// An axis of an HDF5 file with a glance at its values.
struct AxisDescription {
  std::string name;
  int64_t length = 0;
  std::string units;
  std::string values;  ///< the first few and the last; empty if the axis is a length alone
};

struct FileDescription {
  std::string name;  ///< the file's name, without its folder
  FileKind kind = FileKind::kWords;
  FileFacts facts;
  std::vector<AxisDescription> axes;        ///< of HDF5 files
  std::vector<OutlinedVariable> variables;  ///< of HDF5 files, without the axes
  std::string attributes;                   ///< of HDF5 files: JSON of the root's, provenance apart
};

/// Throws Error(kData) if the file is none of ours or damaged.
FileDescription describe_file(const std::filesystem::path& path);

/// For a terminal: a sentence, the facts, axes and variables with sizes, names and units, and the
/// ancestry as a tree.
std::string in_words(const FileDescription& description);
nlohmann::ordered_json as_json(const FileDescription& description);

}  // namespace lockstep
