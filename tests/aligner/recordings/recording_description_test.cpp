#include "aligner/recordings/recording_description.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "aligner/recordings/open_recording.h"
#include "aligner/recordings/recording_checks.h"
#include "tests/support/messages.h"
#include "tests/support/recordings.h"

namespace lockstep {
namespace {

using testing::golden_recording;
using testing::holds;
using testing::real_recording;

// A recording of given values, for what no golden file holds.
class ListedRecording : public RawRecording {
 public:
  ListedRecording(RawHeader header, std::vector<std::vector<double>> values)
      : RawRecording(std::move(header)), values_(std::move(values)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override {
    std::size_t at = 0;
    for (const std::size_t channel : channels) {
      for (int64_t s = samples.first; s < samples.end; ++s) {
        values[at++] = values_[channel][static_cast<std::size_t>(s)];
      }
    }
  }
  std::vector<std::vector<double>> values_;
};

RawHeader header_of(const std::vector<ChannelKind>& kinds, int64_t num_samples) {
  RawHeader header;
  header.format = "none";
  header.rate = {10, 1};
  header.num_samples = num_samples;
  header.segments = {{0, num_samples}};
  for (const ChannelKind kind : kinds) {
    RawChannel channel;
    channel.name = text("c{}", header.channels.size());
    channel.kind = kind;
    header.channels.push_back(channel);
  }
  return header;
}

constexpr auto kMeg = ChannelKind::kMegMagnetometer;

TEST(RecordingDescription, PrintsWhatMattersBeforeImport) {
  const auto recording = open_recording(golden_recording("tiny.ds"));

  const std::string words = in_words(describe_recording("tiny.ds", *recording));

  EXPECT_TRUE(holds(words, "tiny.ds: CTF recording of 3 MEG sensors, 11 channels, 0.125 s\n"));
  EXPECT_TRUE(holds(words, "rate                   1200 Hz\n"));
  EXPECT_TRUE(holds(words, "150 samples, 0.125 s in trials of 50\n"));
  EXPECT_TRUE(holds(words, "0 to 300 Hz as the file tells\n"));
  EXPECT_TRUE(holds(words, "tiny.meg4 (100), tiny.1_meg4 (50)\n"));
  EXPECT_TRUE(holds(words, "meg_axial_gradiometer  3 [T], 1 bad\n"));
  EXPECT_TRUE(holds(words, "MRT57-4304, UADC003-4304\n"));
  EXPECT_TRUE(holds(words, "grade 0; coefficients of G1BR, G2BR, G3BR\n"));
  EXPECT_TRUE(holds(words, "marker word            2 from 0.0125 to 0.0883333 s\n"));
  EXPECT_TRUE(holds(words, "triggers on UPPT001    2 onsets: 1 x 10, 1 x 15\n"));
  EXPECT_TRUE(holds(words, "MLF99-4304 has no position"));
}

TEST(RecordingDescription, SaysTheSameInJson) {
  const auto recording = open_recording(golden_recording("skips_raw.fif"));

  const auto json = as_json(describe_recording("skips_raw.fif", *recording));

  EXPECT_EQ(json["kind"], "recording");
  EXPECT_EQ(json["meg_sensors"], 2);
  EXPECT_EQ(json["rate_num"].get<double>() / json["rate_den"].get<double>(), 678.1699829101562);
  EXPECT_EQ(json["segments"], nlohmann::json::parse("[[0, 40], [100, 133]]"));
  EXPECT_EQ(json["bad_channels"], nlohmann::json::parse(R"(["MEG 0111", "EEG 001"])"));
  EXPECT_EQ(json["compensation_grade"], 0);
  EXPECT_EQ(json["channels"].size(), 4u);
}

TEST(RecordingDescription, CountsRisesOfTriggersInsideSegments) {
  RawHeader header = header_of({ChannelKind::kStimulus}, 8);
  header.segments = {{0, 4}, {6, 8}};
  // The rise from 0 to 7 between the segments is no trigger.
  const ListedRecording recording(header, {{5, 5, 9, 0, 0, 0, 7, 9}});

  const auto description = describe_recording("x", recording);

  EXPECT_EQ(description.triggers[0].num_onsets, 2);
  EXPECT_EQ(description.triggers[0].count_of_value, (std::map<int64_t, int64_t>{{9, 2}}));
}

TEST(RecordingDescription, CountsValuesBeyondTheFirstSixtyFour) {
  std::vector<double> stairs;
  for (int value = 0; value < 100; ++value) stairs.push_back(value);
  const ListedRecording recording(header_of({ChannelKind::kStimulus}, 100), {stairs});

  const auto description = describe_recording("x", recording);

  EXPECT_EQ(description.triggers[0].num_onsets, 99);
  EXPECT_EQ(description.triggers[0].count_of_value.size(), 64u);
  EXPECT_EQ(description.triggers[0].num_other_values, 35);
}

TEST(RecordingDescription, CountsMarkersOutOfOrderOutsideAndTogether) {
  RawHeader header = header_of({kMeg}, 10);
  header.markers = {{"a", 0.5, 0}, {"b", 0.2, 0}, {"a", 0.501, 0}, {"a", -3, 0}, {"b", 1.0, 0}};
  const ListedRecording recording(header, {std::vector<double>(10)});

  const auto description = describe_recording("x", recording);

  EXPECT_EQ(description.num_markers_out_of_order, 2);
  EXPECT_EQ(description.num_markers_outside, 2);
  EXPECT_EQ(description.num_same_onset, 1);
  EXPECT_EQ(description.markers[0].count, 3);
  EXPECT_EQ(description.markers[0].first_s, -3);
}

TEST(RecordingDescription, CountsWhatItDoesNotList) {
  RawHeader header = header_of({kMeg}, 1000);
  for (int i = 0; i < 25; ++i) {
    header.markers.push_back({text("word {}", i), i * 0.1, 0});
    header.markers.push_back({text("word {}", i), i * 0.1 + 0.02, 0});
    header.bad_stretches.push_back({{10 * i, 10 * i + 2}, "blink"});
  }
  const ListedRecording recording(header, {std::vector<double>(1000)});

  const std::string words = in_words(describe_recording("x", recording));

  EXPECT_TRUE(holds(words, "marker word 19"));
  EXPECT_FALSE(holds(words, "marker word 20"));
  EXPECT_TRUE(holds(words, "10 of 5 texts\n"));
  EXPECT_TRUE(holds(words, "5 of 1 s together\n"));
}

TEST(RecordingDescription, FindsTheTriggersOfARealRecording) {
  const auto path = real_recording("exported4D_linux_raw.fif");
  if (!path) GTEST_SKIP() << "exported4D_linux_raw.fif is not in $LOCKSTEP_SHARED/recordings";

  const auto description = describe_recording("x", *open_recording(*path));

  ASSERT_EQ(description.triggers.size(), 2u);
  EXPECT_EQ(description.triggers[0].num_onsets, 0);
  EXPECT_EQ(description.triggers[1].count_of_value, (std::map<int64_t, int64_t>{{768, 15}}));
}

TEST(VerifyRecording, PassesWhatIsSound) {
  for (const Check& check : verify_recording(*open_recording(golden_recording("tiny.ds")))) {
    EXPECT_TRUE(check.passed) << check.what << ": " << check.found;
  }
}

TEST(VerifyRecording, NamesWhatIsNotFiniteConstantOrDoubled) {
  const ListedRecording recording(header_of({kMeg, kMeg, kMeg, ChannelKind::kMisc}, 3),
                                  {{1, 2, 3}, {4, 4, 4}, {1, 2, 3}, {NAN, 0, INFINITY}});

  const std::vector<Check> checks = verify_recording(recording);

  EXPECT_EQ(checks[0].found, "2 samples of c3");
  EXPECT_EQ(checks[1].found, "c1");
  EXPECT_EQ(checks[2].found, "c2 = c0");
  for (const Check& check : checks) EXPECT_FALSE(check.passed) << check.what;
}

TEST(VerifyRecording, LeavesBadSensorsAlone) {
  RawHeader header = header_of({kMeg, kMeg}, 3);
  header.channels[1].bad = true;
  const ListedRecording recording(header, {{1, 2, 3}, {1, 1, 1}});

  for (const Check& check : verify_recording(recording)) EXPECT_TRUE(check.passed) << check.found;
}

}  // namespace
}  // namespace lockstep
