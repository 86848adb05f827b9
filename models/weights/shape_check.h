#pragma once

#include <string>

#include "models/families/spec.h"
#include "models/weights/binding.h"
#include "models/weights/shape_walk.h"

namespace lockstep {

/// Compares the shape of every weight that a model's programs use with what the spec's numbers give
/// (walk_shapes). A bias has one number a row; learned positions reach as far as the model does.
/// `binding` holds all roles; `where` begins every message. Throws Error(kData) naming the role,
/// the tensor, its shape, the wanted one and the step.
void check_shapes(const ModelSpec& spec, const Binding& binding, const std::string& where);

}  // namespace lockstep
