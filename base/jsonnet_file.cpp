#include "base/jsonnet_file.h"

#include <libjsonnet++.h>

#include <sstream>

#include "base/error.h"
#include "base/json_file.h"

namespace lockstep {
namespace {

/// The first line of Jsonnet's message, and the first frame of its trace that is not in lib/.
std::string short_message(const std::string& whole) {
  std::istringstream lines(whole);
  std::string first;
  std::getline(lines, first);
  for (const char* prefix : {"RUNTIME ERROR: ", "STATIC ERROR: "}) {
    if (first.starts_with(prefix)) first.erase(0, std::string(prefix).size());
  }
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    const std::string place = line.substr(begin, line.find_first_of(" \t", begin) - begin);
    if (place.find("lib/") == std::string::npos && place.find(':') != std::string::npos) {
      return first + " (" + place + ")";
    }
  }
  return first;
}

}  // namespace

nlohmann::json evaluate_jsonnet(const std::filesystem::path& file,
                                const std::vector<std::filesystem::path>& folders,
                                const std::map<std::string, nlohmann::json>& arguments) {
  jsonnet::Jsonnet machine;
  if (!machine.init()) fail(Blame::kProgram, "jsonnet: cannot start");
  // The path added last is searched first.
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    machine.addImportPath(folder->string() + "/");
  }
  for (const auto& [name, value] : arguments) machine.bindTlaCodeVar(name, value.dump());
  std::string output;
  if (!machine.evaluateFile(file.string(), &output)) {
    fail(Blame::kData, "{}: {}", file, short_message(machine.lastError()));
  }
  return parse_json(output, file.string());
}

}  // namespace lockstep
