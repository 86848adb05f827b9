#pragma once

#include <cstdint>
#include <memory>

#include "models/families/spec.h"
#include "models/weights/checkpoint.h"

namespace lockstep {

/// A checkpoint with the values of each tensor of real numbers permuted within that tensor
/// (Fisher-Yates, a stream a tensor): every distribution of weights is kept, every structure lost.
/// The permutation depends on (seed, the tensor's name, its size) alone. Divisors of rotary
/// frequencies stay: they belong to the architecture. One tensor is held in memory at a time.
std::unique_ptr<Checkpoint> shuffle(std::unique_ptr<Checkpoint> checkpoint,
                                    const ModelSpec& spec,
                                    uint64_t seed);

}  // namespace lockstep
