#pragma once

#include <cstddef>

namespace lockstep::testing {

/// Measures what the program holds through operator new, which allocation_meter.cpp replaces in the
/// whole program that links it. One at a time.
class AllocationMeter {
 public:
  AllocationMeter();
  /// The most that was held since construction, beyond what was held then.
  std::size_t peak_bytes() const;

 private:
  std::size_t before_ = 0;
};

}  // namespace lockstep::testing
