#include "tests/fuzz/stored_values.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "models/weights/dequantise.h"
#include "models/weights/element_type.h"

namespace lockstep::testing {

void use_values(ElementType type, std::span<const std::byte> bytes) {
  volatile unsigned used = 0;
  for (const std::byte byte : bytes) used = used + static_cast<unsigned>(byte);
  if (!is_real(type)) return;
  constexpr std::size_t kMostBlocks = 64;
  const BlockFormat format = block_format(type);
  const auto block_bytes = static_cast<std::size_t>(format.bytes);
  const std::size_t num_blocks = std::min(bytes.size() / block_bytes, kMostBlocks);
  std::vector<float> values(num_blocks * static_cast<std::size_t>(format.elements));
  to_float32(type, bytes.first(num_blocks * block_bytes), values);
}

}  // namespace lockstep::testing
