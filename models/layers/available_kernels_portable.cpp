#include "models/layers/kernel_sets.h"

namespace lockstep {

std::vector<const Kernels*> available_kernels() { return {&kBaselineKernels}; }

}  // namespace lockstep
