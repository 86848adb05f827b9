// Damaged recordings: each is read or refused as data, never anything else.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "aligner/recordings/open_recording.h"
#include "aligner/recordings/recording_description.h"
#include "base/error.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

using testing::golden_recording;
using testing::read_bytes;
using testing::TemporaryFolder;
using testing::write_bytes;

constexpr int kDamages = 300;

// Opens and reads both ends; false if it was refused. Any other exception fails the test.
bool is_read(const fs::path& path) {
  try {
    const auto recording = open_recording(path);
    const int64_t end = recording->header().num_samples;
    const int64_t some = std::min<int64_t>(end, 60);
    const std::vector<std::size_t> channels{0, recording->header().channels.size() - 1};
    (void)recording->read(channels, {0, some});
    (void)recording->read(channels, {end - some, end});
    if (recording->header().compensations.empty()) return true;
    for (int32_t grade = 0; grade <= 3; ++grade) {
      (void)compensated(open_recording(path), grade)->read(channels, {0, some});
    }
    return true;
  } catch (const Error& error) {
    EXPECT_NE(error.blame(), Blame::kProgram) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return false;
  }
}

// Overwrites up to four bytes, often with what counts and sizes make the most of, or cuts the end.
std::string damaged(std::string bytes, std::mt19937_64& random) {
  constexpr std::string_view kBytes("\x00\x01\x7f\x80\xff", 5);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  if (below(10) == 0) return bytes.substr(0, below(bytes.size()));
  for (std::size_t i = below(4) + 1; i > 0; --i) {
    const char value = below(2) == 0 ? kBytes[below(kBytes.size())] : static_cast<char>(below(256));
    bytes[below(bytes.size())] = value;
  }
  return bytes;
}

struct Damaged {
  const char* folder;  // of golden recordings; empty for one file
  const char* file;
};
std::ostream& operator<<(std::ostream& out, const Damaged& damage) { return out << damage.file; }

struct HostileRecordings : ::testing::TestWithParam<Damaged> {};

TEST_P(HostileRecordings, AreReadOrRefused) {
  TemporaryFolder temporary;
  const auto [folder, name] = GetParam();
  const fs::path from = golden_recording(folder);
  const fs::path to = *folder ? temporary / folder : temporary.path();
  if (*folder) fs::copy(from, to, fs::copy_options::recursive);
  const fs::path table = fs::path(from / name).replace_extension(".tsv");
  if (fs::exists(table)) fs::copy_file(table, to / table.filename());
  const std::string whole = read_bytes(from / name);
  std::mt19937_64 random(17);

  int num_read = 0;
  for (int i = 0; i < kDamages; ++i) {
    write_bytes(to / name, damaged(whole, random));
    num_read += is_read(*folder ? to : to / name) ? 1 : 0;
  }

  // Neither is everything refused nor everything accepted.
  EXPECT_GT(num_read, 0);
  EXPECT_LT(num_read, kDamages);
}
INSTANTIATE_TEST_SUITE_P(All,
                         HostileRecordings,
                         ::testing::Values(Damaged{"tiny.ds", "tiny.res4"},
                                           Damaged{"graded.ds", "graded.1_meg4"},
                                           Damaged{"tiny.ds", "MarkerFile.mrk"},
                                           Damaged{"tiny.ds", "ClassFile.cls"},
                                           Damaged{"tiny.ds", "tiny.hc"},
                                           Damaged{"tiny.ds", "bad.segments"},
                                           Damaged{"", "skips_raw.fif"},
                                           Damaged{"", "mixed_raw.fif"},
                                           Damaged{"", "whole_raw.fif"},
                                           Damaged{"", "little_f4.npy"}));

}  // namespace
}  // namespace lockstep
