#include "models/layers/back_end.h"

#include <ATen/ATen.h>

#include <cstdlib>

#include "base/error.h"
#include "models/layers/packed_linear.h"

namespace lockstep {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Gemm choose_gemm(const std::string& wanted) {
  if (wanted == "mkl") return Gemm::kAten;
  if (wanted == "onednn") {
    if (has_prepacked_linear()) return Gemm::kOneDnn;
    fail(Blame::kCommandLine, "LOCKSTEP_GEMM: onednn; this libtorch has mkl only");
  }
  if (!wanted.empty()) {
    fail(Blame::kCommandLine, "LOCKSTEP_GEMM: \"{}\"; one of onednn, mkl is wanted", wanted);
  }
  return has_prepacked_linear() ? Gemm::kOneDnn : Gemm::kAten;
}

}  // namespace

std::string BackEnd::name() const {
  const char* aten = at::hasMKL() ? "mkl" : "at::linear";
  return text("{}, {}", gemm == Gemm::kOneDnn ? "onednn prepacked" : aten, kernels->name);
}

BackEnd choose_back_end(int64_t batch_tokens) {
  return {.gemm = choose_gemm(environment("LOCKSTEP_GEMM")),
          .kernels = &choose_kernels(environment("LOCKSTEP_ISA")),
          .batch_tokens = batch_tokens};
}

}  // namespace lockstep
