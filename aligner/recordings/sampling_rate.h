#pragma once

#include <cstdint>
#include <string_view>

namespace lockstep {

/// Samples a second as the exact fraction that the file's floating-point number is.
struct SamplingRate {
  int64_t numerator = 1;
  int64_t denominator = 1;

  double hz() const { return static_cast<double>(numerator) / static_cast<double>(denominator); }
  bool operator==(const SamplingRate&) const = default;
};

/// The fraction in lowest terms whose value is exactly `hz`: 1017.25 is 4069/4. Throws Error(kData)
/// beginning with `where` unless 0.001 <= hz <= 10,000,000.
SamplingRate exact_rate(double hz, std::string_view where);

}  // namespace lockstep
