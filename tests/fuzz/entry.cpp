// What libFuzzer calls. LOCKSTEP_FUZZ_READER names the reader.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/reader_case.h"

/// libjsonnet++ 0.18 never frees the text that an evaluation gives.
extern "C" const char* __lsan_default_suppressions() { return "leak:libjsonnet"; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using lockstep::testing::Reader;
  static const Reader& reader = lockstep::testing::find_reader(LOCKSTEP_FUZZ_READER);
  lockstep::testing::run_case(reader, std::as_bytes(std::span(data, size)));
  return 0;
}
