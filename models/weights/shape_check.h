#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/families/spec.h"
#include "models/weights/binding.h"

namespace lockstep {

/// Widths at the ends of a program: of the registers on entry, by index, and of its result.
struct ProgramWidths {
  std::vector<int64_t> given;
  int64_t result = 0;
};

/// Compares the shape of every weight that a program uses with what the spec's numbers give: d,
/// heads x dimensions, feed-forward size, vocabulary, and the width of the register that a step
/// reads. The result has one width throughout (d; the vocabulary for logits); another register
/// takes the width of what writes it. A bias has one number a row. `roles` holds all that the
/// program needs; `where` begins every message. Throws Error(kData) naming the role, the tensor,
/// its shape, the wanted one and the step.
void check_shapes(const Program& program,
                  const ProgramWidths& widths,
                  const ModelSpec& spec,
                  const std::map<std::string, RoleWeights>& roles,
                  const std::string& where);

}  // namespace lockstep
