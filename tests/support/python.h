#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/run_program.h"

namespace lockstep::testing {

/// Runs a script of tests/oracles with $LOCKSTEP_PYTHON, the Python of .venv or that of the system.
/// Scripts exit with kNoOracle where a library that they need is not installed.
inline Outcome run_oracle(const std::string& script, std::vector<std::string> arguments) {
  const char* chosen = std::getenv("LOCKSTEP_PYTHON");
  const std::string own = LOCKSTEP_SOURCE_DIR "/.venv/bin/python";
  const std::string python = chosen != nullptr              ? chosen
                             : std::filesystem::exists(own) ? own
                                                            : "/usr/bin/python3";
  arguments.insert(arguments.begin(), {python, LOCKSTEP_SOURCE_DIR "/tests/oracles/" + script});
  return run_program(arguments);
}
inline constexpr int kNoOracle = 77;

}  // namespace lockstep::testing
