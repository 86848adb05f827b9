#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::testing {

/// The signal of the reference values: s = 6364136223846793005 s + 1442695040888963407 mod 2^64
/// from s = 1, updated first, gives (s >> 11) / 2^53 - 0.5. Reference values: MNE 1.13.2,
/// SciPy 1.17.1, scikit-learn 1.9.1.
inline std::vector<double> lcg_signal(std::size_t length) {
  uint64_t state = 1;
  std::vector<double> signal;
  for (std::size_t n = 0; n < length; ++n) {
    state = 6364136223846793005u * state + 1442695040888963407u;
    signal.push_back(static_cast<double>(state >> 11) * 0x1p-53 - 0.5);
  }
  return signal;
}

inline double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

}  // namespace lockstep::testing
