// The kernels for AVX-512.
#include "models/layers/kernel_sets.h"

namespace {
constexpr int kLanes = 16;
constexpr int kValueVectors = 4;
}  // namespace

#include "models/layers/kernels.inc"

namespace lockstep {

const Kernels kV4Kernels = kernels_named("x86-64-v4");

}  // namespace lockstep
