#include "aligner/recordings/sampling_rate.h"

#include <cmath>
#include <numeric>

#include "base/error.h"

namespace lockstep {

SamplingRate exact_rate(double hz, std::string_view where) {
  if (!(hz >= 1e-3 && hz <= 1e7)) {
    fail(Blame::kData, "{}: {} samples a second; 0.001 to 10,000,000 are wanted", where, hz);
  }
  // A double is m * 2^e with m of 53 bits. Within these limits the denominator stays below 2^63.
  int exponent = 0;
  const double fraction = std::frexp(hz, &exponent);
  auto numerator = static_cast<int64_t>(std::ldexp(fraction, 53));
  int shift = 53 - exponent;
  while (shift > 0 && numerator % 2 == 0) {
    numerator /= 2;
    --shift;
  }
  if (shift > 62) fail(Blame::kData, "{}: {} samples a second; a usual rate is wanted", where, hz);
  return {numerator, int64_t{1} << shift};
}

}  // namespace lockstep
