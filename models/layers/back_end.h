#pragma once

#include <cstdint>
#include <string>

#include "models/layers/kernels.h"

namespace lockstep {

enum class Gemm {
  kOneDnn,  ///< oneDNN, weights reordered once into its blocked layout
  kAten     ///< at::linear: MKL in the x86 builds of libtorch
};

/// What a model computes with. Results agree to rounding between back ends, and bit for bit within
/// one.
struct BackEnd {
  Gemm gemm = Gemm::kAten;
  const Kernels* kernels = nullptr;
  int64_t batch_tokens =
      1024;  ///< rows that the weights are prepacked for; other numbers work as well

  std::string name() const;  ///< "onednn prepacked, x86-64-v4", "mkl, baseline"
};

/// oneDNN's prepacked weights where the dispatcher has them and they give the right product, else
/// at::linear, and the best kernels of this processor. The order is fixed and nothing is timed, so
/// that a resumed run computes what the first one did. $LOCKSTEP_GEMM (onednn, mkl) and
/// $LOCKSTEP_ISA (baseline, x86-64-v3, x86-64-v4) override it; a name that cannot be had is an
/// Error(kCommandLine).
BackEnd choose_back_end(int64_t batch_tokens);

}  // namespace lockstep
