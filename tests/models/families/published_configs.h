#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_file.h"
#include "models/families/spec.h"

namespace lockstep::testing {

/// A config.json shaped like a published one (tests/golden/weights/configs).
inline nlohmann::json published_config(const std::string& name) {
  return read_json_file(LOCKSTEP_SOURCE_DIR "/tests/golden/weights/configs/" + name + ".json");
}

/// The same with some keys set, and some absent.
inline nlohmann::json changed(nlohmann::json config,
                              const nlohmann::json& changes,
                              const std::vector<std::string>& absent = {}) {
  config.update(changes);
  for (const std::string& key : absent) config.erase(key);
  return config;
}

inline ModelSpec resolved(const nlohmann::json& config) {
  return resolve_family(config, {}, "config.json");
}

}  // namespace lockstep::testing
