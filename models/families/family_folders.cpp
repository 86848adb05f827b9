// Where families are found, and which there are.
#include "models/families/family_folders.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/error.h"
#include "models/families/spec.h"

namespace lockstep {
namespace fs = std::filesystem;

fs::path builtin_families() {
  if (const char* home = std::getenv("LOCKSTEP_HOME"); home != nullptr && *home != '\0') {
    const fs::path folder = fs::path(home) / "families";
    if (!fs::is_directory(folder)) {
      fail(Blame::kCommandLine, "LOCKSTEP_HOME={}: holds no folder \"families\"", home);
    }
    return folder;
  }
  std::error_code unreadable;
  const fs::path program = fs::read_symlink("/proc/self/exe", unreadable);
  if (!unreadable) {
    for (const char* up : {"..", "../.."}) {  // bin/, and libexec/lockstep/
      const fs::path folder =
          (program.parent_path() / up / "share/lockstep/families").lexically_normal();
      if (fs::is_directory(folder)) return folder;
    }
  }
  if (fs::is_directory(LOCKSTEP_SOURCE_FAMILIES)) return LOCKSTEP_SOURCE_FAMILIES;
  fail(Blame::kProgram,
       "the built-in families are not installed; set LOCKSTEP_HOME to the folder that holds "
       "families/");
}

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

}  // namespace lockstep
