#include "aligner/ridge/solver_audit.h"

#include <algorithm>

#include "base/text.h"

namespace lockstep {

SolverAudit& SolverAudit::operator+=(const SolverAudit& other) {
  decisions += other.decisions;
  checked += other.checked;
  evaluations += other.evaluations;
  in_double += other.in_double;
  approximate += other.approximate;
  rho_seen = std::max(rho_seen, other.rho_seen);
  rho_used = std::max(rho_used, other.rho_used);
  return *this;
}

std::string to_text(const SolverAudit& audit) {
  if (audit.approximate > 0) {
    return text(
        "solver: {} penalties chosen by generalised cross-validation, an approximation of "
        "leave-one-out",
        audit.approximate);
  }
  const auto percent = [&](int64_t count) {
    return 100.0 * static_cast<double>(count) / static_cast<double>(audit.decisions);
  };
  return text(
      "solver: {} penalties chosen, {} % residual by residual, {} % in double precision; estimates "
      "were off by up to {} of the worst case, {} allowed for",
      audit.decisions,
      percent(audit.checked),
      percent(audit.in_double),
      audit.rho_seen,
      audit.rho_used);
}

}  // namespace lockstep
