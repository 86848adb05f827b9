#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

/// What it took to decide the penalties of some (fold, target) pairs.
struct SolverAudit {
  int64_t decisions = 0;    ///< (fold, target) pairs
  int64_t checked = 0;      ///< of these decided residual by residual
  int64_t evaluations = 0;  ///< (fold, target, alpha) so evaluated
  int64_t in_double = 0;    ///< of these with every loss computed in double precision
  int64_t approximate = 0;  ///< decisions by generalised cross-validation
  double rho_seen = 0;      ///< largest share of the bound that an estimate was really off
  double rho_used = 0;

  SolverAudit& operator+=(const SolverAudit& other);
};

/// One sentence about at least one decision.
std::string to_text(const SolverAudit& audit);

}  // namespace lockstep
