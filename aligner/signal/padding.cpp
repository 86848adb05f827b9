#include "aligner/signal/padding.h"

#include <algorithm>

namespace lockstep {

std::vector<double> pad_by_reflection(std::span<const double> signal, int64_t left, int64_t right) {
  const auto size = static_cast<int64_t>(signal.size());
  std::vector<double> padded(static_cast<std::size_t>(left + size + right), 0.0);
  std::copy(signal.begin(), signal.end(), padded.begin() + left);
  const int64_t reach = size - 1;  // how far there is something to reflect
  for (int64_t k = 1; k <= std::min(left, reach); ++k) {
    padded[static_cast<std::size_t>(left - k)] =
        2 * signal.front() - signal[static_cast<std::size_t>(k)];
  }
  for (int64_t k = 1; k <= std::min(right, reach); ++k) {
    padded[static_cast<std::size_t>(left + size - 1 + k)] =
        2 * signal.back() - signal[static_cast<std::size_t>(size - 1 - k)];
  }
  return padded;
}

}  // namespace lockstep
