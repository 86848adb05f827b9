#pragma once

#include "models/layers/kernels.h"

namespace lockstep {

// kernels.inc compiled for each instruction set; the first runs everywhere.
extern const Kernels kBaselineKernels;
extern const Kernels kV3Kernels;
extern const Kernels kV4Kernels;

}  // namespace lockstep
