// What libFuzzer calls. LOCKSTEP_FUZZ_READER names the reader.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/reader_case.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using lockstep::testing::Reader;
  static const Reader& reader = lockstep::testing::find_reader(LOCKSTEP_FUZZ_READER);
  lockstep::testing::run_case(reader, std::as_bytes(std::span(data, size)));
  return 0;
}
