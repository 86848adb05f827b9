#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "aligner/recordings/ctf_writer.h"
#include "aligner/simulation/head_model.h"

namespace lockstep {

/// The sensor array of a simulated CTF system: sensors of a helmet under CTF's names, 29 reference
/// sensors far from the head as those of a CTF-275 system are called, and coefficients that take
/// the far field away from sensors and reference gradiometers.
class CtfArray {
 public:
  explicit CtfArray(const std::vector<Point>& sensors_m);

  const std::vector<CtfChannel>& sensors() const { return sensors_; }
  const std::vector<CtfChannel>& references() const { return references_; }
  /// Of grades 1 to 3, of which 1 takes 80 %, 2 takes 95 % and 3 all of the far field away.
  std::vector<CtfCoefficientRecord> coefficients() const;
  /// What of the far field along each axis a reference records.
  const Eigen::Vector3d& share(std::size_t reference) const { return shares_[reference]; }

 private:
  std::vector<CtfChannel> sensors_;
  std::vector<CtfChannel> references_;
  std::vector<Eigen::Vector3d> sensor_shares_;
  std::vector<Eigen::Vector3d> shares_;
};

}  // namespace lockstep
