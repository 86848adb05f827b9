// The kernels for what every processor of the architecture has (128-bit vectors).
#include "models/layers/kernel_sets.h"

namespace {
constexpr int kLanes = 4;
constexpr int kValueVectors = 2;
}  // namespace

#include "models/layers/kernels.inc"

namespace lockstep {

const Kernels kBaselineKernels = kernels_named("baseline");

}  // namespace lockstep
