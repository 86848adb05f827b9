#pragma once

#include <filesystem>
#include <string>

#include "tests/support/run_program.h"

namespace lockstep::testing {

/// Runs this build's lockstep in `folder`, with arguments as a shell reads them: messages then name
/// files as they were given.
inline Outcome run_lockstep(const std::filesystem::path& folder, const std::string& arguments) {
  return run_program(
      {"/bin/sh",
       "-c",
       "cd '" + folder.string() + "' && exec '" + program("lockstep") + "' " + arguments});
}

}  // namespace lockstep::testing
