// Where families are found, and which there are.
#include "models/families/family_folders.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/installed.h"
#include "models/families/spec.h"

namespace lockstep {
namespace fs = std::filesystem;

fs::path builtin_families() { return installed_folder("families", LOCKSTEP_SOURCE_FAMILIES); }

std::vector<fs::path> family_search_path(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    if (!fs::is_directory(folder)) {
      fail(Blame::kCommandLine, "{}: not a folder; --families wants one", folder);
    }
  }
  std::vector<fs::path> all = folders;
  const char* variable = std::getenv("LOCKSTEP_FAMILIES");
  std::istringstream listed(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(listed, folder, ':');) {
    if (folder.empty()) continue;
    if (!fs::is_directory(folder)) {
      fail(Blame::kCommandLine, "LOCKSTEP_FAMILIES: {} is not a folder", folder);
    }
    all.emplace_back(folder);
  }
  all.push_back(builtin_families());
  return all;
}

std::optional<fs::path> find_family(const std::vector<fs::path>& search_path,
                                    const std::string& name) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  if (name.empty() || name.front() == '.' || name.find_first_not_of(kPlain) != std::string::npos)
    return {};
  for (const fs::path& folder : search_path) {
    const fs::path file = folder / (name + ".jsonnet");
    if (fs::is_regular_file(file)) return file;
  }
  return {};
}

std::vector<std::string> family_names(const std::vector<fs::path>& search_path) {
  std::vector<std::string> names;
  for (const fs::path& folder : search_path) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().extension() == ".jsonnet") names.push_back(file.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string family_examples(const fs::path& family) {
  constexpr std::string_view kComment = "//", kModels = "// Models: ";
  std::istringstream lines(read_file(family));
  for (std::string line; std::getline(lines, line) && line.starts_with(kComment);) {
    if (line.starts_with(kModels)) return line.substr(kModels.size());
  }
  return "";
}

}  // namespace lockstep
