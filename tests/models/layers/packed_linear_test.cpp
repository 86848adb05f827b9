// The back ends of matrix products, and how one is chosen.
#include <gtest/gtest.h>

#include <cstdlib>

#include "models/layers/linear.h"
#include "tests/models/layers/tiny_model.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

constexpr double kTolerance = 2e-6;

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

TEST(BackEnd, FollowsTheEnvironment) {
  {
    const Environment gemm("LOCKSTEP_GEMM", "mkl"), set("LOCKSTEP_ISA", "baseline");
    const BackEnd back_end = choose_back_end(64);
    EXPECT_EQ(back_end.gemm, Gemm::kAten);
    EXPECT_EQ(back_end.name().substr(back_end.name().find(',')), ", baseline");
  }
  EXPECT_EQ(choose_back_end(64).kernels, available_kernels().front());
  EXPECT_EQ(choose_back_end(64).gemm, has_prepacked_linear() ? Gemm::kOneDnn : Gemm::kAten);

  const Environment gemm("LOCKSTEP_GEMM", "fast");
  EXPECT_EQ(testing::message_of(Blame::kCommandLine, [] { choose_back_end(64); }),
            "LOCKSTEP_GEMM: \"fast\"; one of onednn, mkl is wanted");
}

TEST(PackedLinear, TakesAnyNumberOfRows) {
  const auto weight = at::randn({40, 24}), bias = at::randn({40});
  for (const Gemm gemm : {Gemm::kAten, Gemm::kOneDnn}) {
    if (gemm == Gemm::kOneDnn && !has_prepacked_linear()) continue;
    const BackEnd back_end{
        .gemm = gemm, .kernels = available_kernels().front(), .batch_tokens = 32};
    const PackedLinear with(weight, bias, back_end), without(weight, {}, back_end);
    for (const int64_t rows : {1, 2, 31, 32, 100}) {
      const auto x = at::randn({rows, 24});

      EXPECT_LT(row_distance(with(x), at::linear(x, weight, bias)), kTolerance) << rows;
      EXPECT_LT(row_distance(without(x), at::linear(x, weight)), kTolerance) << rows;
    }
  }
}

}  // namespace
}  // namespace lockstep
