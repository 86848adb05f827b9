#include "models/weights/safetensors_file.h"
#include "tests/fuzz/reader_case.h"
#include "tests/fuzz/stored_values.h"

namespace lockstep::testing {

void read_safetensors_case(std::span<const std::byte> bytes) {
  for (const auto& [name, tensor] : read_safetensors(bytes, "case")) {
    use_values(tensor.type, tensor.bytes);
  }
}

}  // namespace lockstep::testing
