#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lockstep {

/// The value of a Jsonnet file that is a function of `arguments` (top-level arguments, each a JSON
/// value). Imports are searched in the file's own folder, then in `folders`, best first. Throws
/// Error(kData) with the first line of Jsonnet's message and the first frame outside lib/.
nlohmann::json evaluate_jsonnet(const std::filesystem::path& file,
                                const std::vector<std::filesystem::path>& folders,
                                const std::map<std::string, nlohmann::json>& arguments);

}  // namespace lockstep
