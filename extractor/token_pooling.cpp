#include "extractor/token_pooling.h"

#include <vector>

#include "base/error.h"

namespace lockstep {

void pool_tokens(const at::Tensor& states,
                 std::span<const int64_t> rows,
                 Pooling pooling,
                 std::span<float> into) {
  const int64_t width = states.size(1);
  const bool is_single = pooling == Pooling::kFirst || pooling == Pooling::kLast;
  if (rows.empty() || (is_single && rows.size() != 1) ||
      static_cast<int64_t>(into.size()) != width || !states.is_contiguous()) {
    fail(Blame::kProgram,
         "pooling: {} rows of width {} into {} values",
         rows.size(),
         width,
         into.size());
  }
  const float* values = states.const_data_ptr<float>();
  std::vector<double> sums(into.size(), 0.0);
  for (const int64_t row : rows) {
    const float* vector = values + row * width;
    for (std::size_t unit = 0; unit < sums.size(); ++unit)
      sums[unit] += static_cast<double>(vector[unit]);
  }
  const double divisor = pooling == Pooling::kMean ? static_cast<double>(rows.size()) : 1.0;
  for (std::size_t unit = 0; unit < sums.size(); ++unit)
    into[unit] = static_cast<float>(sums[unit] / divisor);
}

}  // namespace lockstep
