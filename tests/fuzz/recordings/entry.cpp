// What libFuzzer calls. LOCKSTEP_FUZZ_READER names the format.
#include <cstdint>

#include "tests/fuzz/recordings/recording_case.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  lockstep::testing::read_recording_case(LOCKSTEP_FUZZ_READER,
                                         std::as_bytes(std::span(data, size)));
  return 0;
}
