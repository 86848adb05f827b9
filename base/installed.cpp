#include "base/installed.h"

#include <cstdlib>

#include "base/error.h"

namespace lockstep {

std::filesystem::path installed_folder(const std::string& name,
                                       const std::filesystem::path& source) {
  namespace fs = std::filesystem;
  if (const char* home = std::getenv("LOCKSTEP_HOME"); home != nullptr && *home != '\0') {
    const fs::path folder = fs::path(home) / name;
    if (!fs::is_directory(folder))
      fail(Blame::kCommandLine, "LOCKSTEP_HOME={}: holds no folder \"{}\"", home, name);
    return folder;
  }
  std::error_code unreadable;
  const fs::path program = fs::read_symlink("/proc/self/exe", unreadable).parent_path();
  for (const char* up : {"..", "../.."}) {  // from bin/, and from libexec/lockstep/
    const fs::path folder = (program / up / "share/lockstep" / name).lexically_normal();
    if (!unreadable && fs::is_directory(folder)) return folder;
  }
  if (fs::is_directory(source)) return source;
  fail(Blame::kProgram,
       "\"{}\" is not installed; set LOCKSTEP_HOME to the folder that holds it",
       name);
}

}  // namespace lockstep
