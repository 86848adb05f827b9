// The corpus of the recordings' fuzzers.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fuzz/recordings/recording_case.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

struct RecordingCases : ::testing::TestWithParam<const char*> {};

TEST_P(RecordingCases, AreReadOrRefused) {
  int num_read = 0, num_refused = 0;
  const auto corpus = std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/fuzz/corpus" / GetParam();
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = read_bytes(entry.path());
    bool is_read = false;
    ASSERT_NO_THROW(is_read = read_recording_case(GetParam(), std::as_bytes(std::span(bytes))))
        << entry.path();
    ++(is_read ? num_read : num_refused);
  }

  EXPECT_GT(num_read, 0);
  EXPECT_GT(num_refused, 0);
}
INSTANTIATE_TEST_SUITE_P(All, RecordingCases, ::testing::Values("ctf", "fif", "npy"));

}  // namespace
}  // namespace lockstep::testing
