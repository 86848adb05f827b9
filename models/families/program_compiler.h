#pragma once

#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/families/spec.h"

namespace lockstep {

/// What a program starts from and must leave behind.
struct ProgramFrame {
  std::vector<std::string>
      given;  ///< registers that are there on entry, in the order of their indices
  std::string result;
};

/// Compiles a list of steps: registers become indices (those given, then the others in order of
/// first writing), and each step learns which registers nobody needs after it. `path` is the list's
/// place in the spec, for Step::where. Throws Error(kData) naming the path: a wrong step, a read of
/// what nothing has written, a write that is never read, a result that nothing writes.
Program compile_program(const JsonAt& steps, const ProgramFrame& frame, const std::string& path);

}  // namespace lockstep
