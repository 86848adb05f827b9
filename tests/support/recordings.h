#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aligner/recordings/raw_recording.h"
#include "base/sha256.h"

namespace lockstep::testing {

/// Where the tiny recordings lie, and what MNE-Python reads from them.
inline std::filesystem::path golden_recording(std::string_view name) {
  return std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/recordings" / name;
}
inline nlohmann::json mne_reading(const std::string& name) {
  std::ifstream file(golden_recording("expected.json"));
  return nlohmann::json::parse(file).at(name);
}

/// A real recording; nothing where there is none.
inline std::optional<std::filesystem::path> real_recording(std::string_view name) {
  const char* shared = std::getenv("LOCKSTEP_SHARED");
  if (shared == nullptr) return std::nullopt;
  const auto path = std::filesystem::path(shared) / "recordings" / name;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

inline std::vector<std::size_t> all_channels(const RawRecording& recording) {
  std::vector<std::size_t> channels(recording.header().channels.size());
  std::iota(channels.begin(), channels.end(), std::size_t{0});
  return channels;
}

inline std::vector<double> all_values(const RawRecording& recording) {
  return recording.read(all_channels(recording), {0, recording.header().num_samples});
}

inline std::string sha256_of_values(const std::vector<double>& values) {
  return sha256_of({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)});
}

}  // namespace lockstep::testing
