#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/inspection/file_checks.h"

namespace lockstep {

/// How `lockstep inspect` looks at a file.
struct InspectOptions {
  bool verify = false;
  bool allow_max_shield = false;
  bool ignore_system_clock = false;
  std::filesystem::path words;  ///< folder whose words are looked for in a recording's events
};

/// What `lockstep inspect` prints of a file.
struct InspectedFile {
  std::string words;
  nlohmann::ordered_json json;
  std::vector<Check> checks;  ///< none unless verified
};

/// The formats of recordings that are read, for messages; empty if lockstep was built without.
std::string known_recordings();

/// Nothing if the path is no recording or all of a meg.h5, or if lockstep was built without its
/// reader of recordings.
std::optional<InspectedFile> inspect_recording(const std::filesystem::path& path,
                                               const InspectOptions& options);

}  // namespace lockstep
