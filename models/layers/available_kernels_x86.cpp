#include "models/layers/kernel_sets.h"

namespace lockstep {

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> available;
  if (__builtin_cpu_supports("x86-64-v4")) available.push_back(&kV4Kernels);
  if (__builtin_cpu_supports("x86-64-v3")) available.push_back(&kV3Kernels);
  available.push_back(&kBaselineKernels);
  return available;
}

}  // namespace lockstep
