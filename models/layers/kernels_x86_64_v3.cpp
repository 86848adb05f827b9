// The kernels for AVX2 and FMA.
#include "models/layers/kernel_sets.h"

namespace {
constexpr int kLanes = 8;
constexpr int kValueVectors = 2;
}  // namespace

#include "models/layers/kernels.inc"

namespace lockstep {

const Kernels kV3Kernels = kernels_named("x86-64-v3");

}  // namespace lockstep
