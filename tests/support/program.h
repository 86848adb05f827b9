#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// How a program ended and what it said.
struct ProgramRun {
  int status = -1;
  std::string out;
  std::string err;
};

/// Runs build/lockstep with arguments as a shell reads them, in `folder`.
inline ProgramRun run_lockstep(const std::filesystem::path& folder, const std::string& arguments) {
  const std::string program = std::string(LOCKSTEP_BUILD_DIR) + "/lockstep";
  const std::string command = "cd '" + folder.string() + "' && '" + program + "' " + arguments + " >.out 2>.err </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_bytes(folder / ".out"), read_bytes(folder / ".err")};
}

}  // namespace lockstep::testing
