#include "models/weights/dequantise.h"
#include "models/weights/element_type.h"
#include "models/weights/pytorch_file.h"
#include "models/weights/selection.h"
#include "tests/fuzz/reader_case.h"
#include "tests/fuzz/stored_values.h"

namespace lockstep::testing {

void read_pytorch_bin_case(std::span<const std::byte> bytes) {
  const PytorchFile file("case.bin", bytes);
  for (const auto& [name, tensor] : file.tensors()) {
    use_values(tensor.type, tensor.bytes);
    if (!tensor.computed || !is_real(tensor.type)) continue;
    constexpr int64_t kMost = 4096;
    std::vector<float> values(
        static_cast<std::size_t>(std::min(num_elements(tensor.shape), kMost)));
    tensor.computed->read(num_elements(tensor.shape) - std::ssize(values), values);
  }
}

}  // namespace lockstep::testing
