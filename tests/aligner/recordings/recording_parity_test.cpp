// The same recordings as MNE-Python reads them: samples bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "aligner/recordings/open_recording.h"
#include "tests/support/recordings.h"

namespace lockstep {
namespace {

using testing::all_values;
using testing::golden_recording;
using testing::mne_reading;
using testing::real_recording;
using testing::sha256_of_values;
using Json = nlohmann::json;

void expect_same_header(const RawHeader& header, const Json& mne) {
  std::vector<std::string> names, bad;
  for (const RawChannel& channel : header.channels) {
    names.push_back(channel.name);
    if (channel.bad) bad.push_back(channel.name);
  }
  std::sort(bad.begin(), bad.end());
  EXPECT_EQ(Json(names), mne["channels"]);
  EXPECT_EQ(Json(bad), mne["bad"]);
  EXPECT_EQ(header.num_samples, mne["samples"]);
  EXPECT_EQ(header.rate.hz(), mne["rate"]);
  EXPECT_EQ(header.first_sample, mne["first_sample"]);
}

// MNE-Python keeps onsets to the microsecond and counts bad segments and skips among its
// annotations.
void expect_same_annotations(const RawHeader& header, const Json& mne) {
  struct Annotation {
    double onset_s, duration_s;
    std::string text;
  };
  std::vector<Annotation> ours;
  for (const Marker& marker : header.markers) {
    ours.push_back({marker.onset_s, marker.duration_s, marker.text});
  }
  for (const BadStretch& bad : header.bad_stretches) {
    const bool is_marker = std::any_of(header.markers.begin(),
                                       header.markers.end(),
                                       [&](const Marker& m) { return m.text == bad.reason; });
    if (is_marker || bad.reason.find("class") != std::string::npos) continue;
    const double rate = header.rate.hz();
    ours.push_back({static_cast<double>(bad.samples.first) / rate,
                    static_cast<double>(bad.samples.end - bad.samples.first) / rate,
                    bad.reason});
  }
  std::sort(ours.begin(), ours.end(), [](const Annotation& a, const Annotation& b) {
    return a.onset_s < b.onset_s;
  });
  ASSERT_EQ(ours.size(), mne["annotations"].size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i].onset_s, mne["annotations"][i][0].get<double>(), 1e-6) << i;
    EXPECT_NEAR(ours[i].duration_s, mne["annotations"][i][1].get<double>(), 1e-6) << i;
    EXPECT_EQ(ours[i].text, mne["annotations"][i][2]) << i;
  }
}

void expect_same(const std::filesystem::path& path,
                 const Json& mne,
                 const OpenOptions& options = {}) {
  const auto recording = open_recording(path, options);

  expect_same_header(recording->header(), mne);
  expect_same_annotations(recording->header(), mne);
  EXPECT_EQ(sha256_of_values(all_values(*recording)), mne["sha256"]);
}

void expect_same_grades(const std::filesystem::path& path, const Json& mne) {
  for (const auto& [grade, expected] : mne["grades"].items()) {
    const auto recording = compensated(open_recording(path), std::stoi(grade));

    EXPECT_EQ(grade_of(recording->header()), std::stoi(grade));
    const auto rows = expected["rows"].get<std::vector<std::size_t>>();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto values =
          recording->read(std::vector{rows[row]}, {0, recording->header().num_samples});
      double largest = 0;
      for (const double value : values) largest = std::max(largest, std::abs(value));
      for (std::size_t column = 0; column < 2; ++column) {
        const auto sample = expected["columns"][column].get<std::size_t>();
        // Rounding of a sum of some thirty products, in another order than NumPy's.
        EXPECT_NEAR(values[sample], expected["values"][row][column].get<double>(), 1e-13 * largest)
            << "grade " << grade << ", channel " << rows[row] << ", sample " << sample;
      }
    }
  }
}

struct GoldenRecordings : ::testing::TestWithParam<const char*> {};

TEST_P(GoldenRecordings, AreReadAsMneReadsThem) {
  expect_same(golden_recording(GetParam()), mne_reading(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(All,
                         GoldenRecordings,
                         ::testing::Values("tiny.ds",
                                           "graded.ds",
                                           "skips_raw.fif",
                                           "parts_raw.fif",
                                           "mixed_raw.fif",
                                           "whole_raw.fif"));

TEST(CtfRecording, IgnoresTheClockIfAsked) {
  expect_same(golden_recording("graded.ds"),
              mne_reading("graded.ds ignoring the clock"),
              {.system_clock = SystemClock::kIgnore});
}

TEST(Compensation, ReachesEveryGradeAsMneDoes) {
  expect_same_grades(golden_recording("tiny.ds"), mne_reading("tiny.ds"));
  expect_same_grades(golden_recording("graded.ds"), mne_reading("graded.ds"));
}

struct RealRecordings : ::testing::TestWithParam<const char*> {};

TEST_P(RealRecordings, AreReadAsMneReadsThem) {
  const auto path = real_recording(GetParam());
  if (!path) GTEST_SKIP() << GetParam() << " is not in $LOCKSTEP_SHARED/recordings";

  expect_same(*path, mne_reading(GetParam()));
  const Json mne = mne_reading(GetParam());
  if (mne.contains("grades")) expect_same_grades(*path, mne);
}
INSTANTIATE_TEST_SUITE_P(All,
                         RealRecordings,
                         ::testing::Values("exported4D_linux_raw.fif", "test_ctf_comp_raw.fif"));

}  // namespace
}  // namespace lockstep
