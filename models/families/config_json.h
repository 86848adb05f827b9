#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// config.json as Python writes it. Beyond JSON it may hold bare Infinity, -Infinity and NaN where
/// a value may stand (json.dump of transformers 4.x); they are read as {"__float__": "Infinity"}
/// and so on, which is how transformers 5.23 writes them. Throws Error(kData) as parse_json does.
nlohmann::json read_config(const std::filesystem::path& path);
nlohmann::json parse_config(std::string_view text, std::string_view where);

/// A configuration that Jsonnet can read: it has no infinity, so every infinite limit is null.
struct FiniteConfig {
  nlohmann::json value;
  std::vector<std::string> infinite;  ///< "time_step_limit[1] = Infinity": what became null
};

/// Throws Error(kData) naming the key of a NaN.
FiniteConfig without_infinities(const nlohmann::json& config, const std::string& where);

}  // namespace lockstep
