#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/families/spec.h"
#include "models/weights/checkpoint.h"

namespace lockstep {

/// Who a model is, and what its family's initialisation does not give.
struct ModelIdentity {
  std::string name;
  nlohmann::json config;
  /// Where the tensors of rotary divisors are (GGUF): part of the architecture, not of what is
  /// learned. May be null where no rope has any.
  std::shared_ptr<const Checkpoint> divisors = {};
};

/// The checkpoint that an untrained model would be saved as: every tensor that the spec asks for
/// under its first name, drawn by ModelSpec::init when it is read. No weights file is needed. A
/// value depends on (seed, the tensor's name, its place in the tensor) alone: on no other tensor,
/// no machine, no order of reading. Throws Error(kData) where the spec's numbers do not give a
/// shape.
std::unique_ptr<Checkpoint> initialise(const ModelSpec& spec,
                                       const ModelIdentity& identity,
                                       uint64_t seed);

}  // namespace lockstep
