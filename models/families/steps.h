#pragma once

#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/families/spec.h"

namespace lockstep {

/// A step whose fields are checked and typed, with its registers still by name.
struct NamedStep {
  Step step;  ///< op, role, parts and fields; the registers' indices and `where` are left to the
              ///< program
  std::vector<std::string> read;
  std::string write;
};

/// One step of a program. Throws Error(kData) naming the JSON path of an unknown op, an unknown or
/// missing field, a wrong type, a size that is not positive or heads that do not divide.
NamedStep read_step(const JsonAt& step);

}  // namespace lockstep
