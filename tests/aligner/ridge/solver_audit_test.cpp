#include "aligner/ridge/solver_audit.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(SolverAudit, AddsCountsAndKeepsTheLargestShare) {
  SolverAudit audit{10, 2, 5, 1, 0, 0.02, 0.1};
  audit += {30, 4, 9, 0, 0, 0.3, 1.2};

  EXPECT_EQ(to_text(audit),
            "solver: 40 penalties chosen, 15 % residual by residual, 2.5 % in double precision; "
            "estimates were off by up to 0.3 of the worst case, 1.2 allowed for");
}

TEST(SolverAudit, NamesAnApproximation) {
  SolverAudit audit;
  audit.decisions = audit.approximate = 12;

  EXPECT_EQ(to_text(audit),
            "solver: 12 penalties chosen by generalised cross-validation, an approximation of "
            "leave-one-out");
}

}  // namespace
}  // namespace lockstep
