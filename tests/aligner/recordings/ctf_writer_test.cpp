#include "aligner/recordings/ctf_writer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/recordings/open_recording.h"
#include "base/random_stream.h"
#include "tests/support/messages.h"
#include "tests/support/python.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

using testing::all_values;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::sha256_of_values;
using testing::TemporaryFolder;
using Json = nlohmann::json;

constexpr std::size_t kNumTrials = 5;

CtfChannel coil_channel(const std::string& name, CtfSensorType type, double gain, double x_cm) {
  CtfChannel channel{name, type, gain, 1048576.0};
  channel.num_coils = type == CtfSensorType::kReferenceMagnetometer ? 1 : 2;
  channel.position_cm[0] = x_cm;
  channel.position_cm[2] = 12;
  channel.normal[2] = 1;
  return channel;
}

// Nine channels of every type, gains of either sign, 5 trials of 40 samples in files of two trials.
CtfContents small_contents() {
  CtfContents contents;
  contents.rate_hz = 600;
  contents.samples_a_trial = 40;
  contents.channels = {
      {"UPPT001", CtfSensorType::kTrigger},
      {"SCLK01-177", CtfSensorType::kClock},
      coil_channel("BG1-2908", CtfSensorType::kReferenceMagnetometer, 1.1e9, 1),
      coil_channel("G11-2908", CtfSensorType::kReferenceGradiometer, -2.7e9, 2),
      coil_channel("P13-2908", CtfSensorType::kReferenceGradiometer, 2.9e9, 3),
      coil_channel("MLC11-2908", CtfSensorType::kMegGradiometer, 3.1e9, 4),
      coil_channel("MRT57-2908", CtfSensorType::kMegGradiometer, -2.74e9, 5),
      coil_channel("MZO01-2908", CtfSensorType::kMegGradiometer, 3.3e9, 6),
      {"UADC003-2901", CtfSensorType::kAdc, 1, 3276800},
  };
  for (const char* kind : {"G1BR", "G2BR", "G3BR"}) {
    for (const char* sensor : {"G11-2908", "P13-2908", "MLC11-2908", "MRT57-2908", "MZO01-2908"}) {
      const bool is_reference = sensor[0] != 'M';
      if (is_reference && std::string(kind) != "G1BR") continue;
      const double share = 0.125 * (kind[1] - '0') + 0.01 * (sensor[2] - 'A');
      contents.coefficients.push_back(
          std::string(kind) == "G1BR"
              ? CtfCoefficientRecord{sensor, kind, {"BG1-2908"}, {share}}
              : CtfCoefficientRecord{sensor, kind, {"BG1-2908", "G11-2908"}, {share, -share}});
    }
  }
  contents.bad_channels = {"MRT57"};
  contents.markers = {{"word", {3, 41, 199}}, {"pause", {80}}};
  contents.description = "a simulation";
  contents.largest_file = 8 + 2 * 4 * 40 * 9;
  return contents;
}

// channel x sample of a trial: all 32 bits, triggers, a clock that runs.
std::vector<int32_t> trial_of(const CtfContents& contents, std::size_t trial) {
  RandomStream stream(1, "samples", trial);
  const auto length = static_cast<std::size_t>(contents.samples_a_trial);
  std::vector<int32_t> samples;
  for (std::size_t channel = 0; channel < contents.channels.size(); ++channel) {
    for (std::size_t n = 0; n < length; ++n) {
      const auto sample = static_cast<int32_t>(trial * length + n);
      const bool is_pulse = n >= 10 && n < 16;
      samples.push_back(channel == 0   ? (is_pulse ? static_cast<int32_t>(10 * trial + 10) : 0)
                        : channel == 1 ? sample + 1
                                       : static_cast<int32_t>(stream.bits() >> 32));
    }
  }
  samples[2 * length] = INT32_MIN;
  samples[2 * length + 1] = INT32_MAX;
  return samples;
}

void write(const fs::path& folder, const CtfContents& contents) {
  CtfWriter writer(folder, contents);
  for (std::size_t trial = 0; trial < kNumTrials; ++trial) {
    writer.append_trial(trial_of(contents, trial));
  }
  writer.finish();
}

TEST(CtfWriter, WritesWhatTheReaderReadsBitForBit) {
  const TemporaryFolder temporary;
  const CtfContents contents = small_contents();
  write(temporary / "small.ds", contents);

  const auto recording = open_recording(temporary / "small.ds");

  const RawHeader& header = recording->header();
  EXPECT_EQ(header.rate.hz(), 600);
  EXPECT_EQ(header.samples_a_trial, 40);
  EXPECT_EQ(header.num_samples, 200);
  EXPECT_EQ(header.start_clock, "01-Jan-2000 12:00");
  EXPECT_TRUE(header.notes.empty()) << header.notes.front();
  ASSERT_EQ(header.channels.size(), 9u);
  EXPECT_EQ(header.channels[0].kind, ChannelKind::kStimulus);
  EXPECT_EQ(header.channels[3].kind, ChannelKind::kMegReference);
  EXPECT_EQ(header.channels[6].kind, ChannelKind::kMegAxialGradiometer);
  EXPECT_TRUE(header.channels[6].bad);
  EXPECT_FALSE(header.channels[5].bad);
  EXPECT_EQ(header.channels[5].position_m[0], 0.04);
  EXPECT_EQ(header.compensations.size(), 3u);
  EXPECT_EQ(header.head_coils.size(), 3u);
  for (std::size_t trial = 0; trial < kNumTrials; ++trial) {
    const auto first = static_cast<int64_t>(trial) * 40;
    const auto read = recording->read(testing::all_channels(*recording), {first, first + 40});
    const std::vector<int32_t> written = trial_of(contents, trial);
    for (std::size_t k = 0; k < written.size(); ++k) {
      const double scale = contents.channels[k / 40].scale();
      ASSERT_EQ(read[k], static_cast<double>(written[k]) * scale) << "trial " << trial << ", " << k;
    }
  }
}

TEST(CtfWriter, SplitsAtTrialsThatFit) {
  const TemporaryFolder temporary;
  CtfContents contents = small_contents();
  write(temporary / "two.ds", contents);
  contents.largest_file -= 1;
  write(temporary / "one.ds", contents);

  const auto sizes = [&](const std::string& stem) {
    std::vector<std::uintmax_t> found;
    for (int number = 0;; ++number) {
      const std::string extension = number == 0 ? ".meg4" : text(".{}_meg4", number);
      const fs::path file = temporary / (stem + ".ds") / (stem + extension);
      if (!fs::exists(file)) return found;
      found.push_back(fs::file_size(file));
    }
  };
  EXPECT_EQ(sizes("two"), (std::vector<std::uintmax_t>{2888, 2888, 1448}));
  EXPECT_EQ(sizes("one"), (std::vector<std::uintmax_t>(5, 1448)));
  EXPECT_EQ(all_values(*open_recording(temporary / "one.ds")),
            all_values(*open_recording(temporary / "two.ds")));
}

TEST(CtfWriter, WritesMarkersWhereTheyAre) {
  const TemporaryFolder temporary;
  write(temporary / "small.ds", small_contents());

  const auto markers = open_recording(temporary / "small.ds")->header().markers;

  ASSERT_EQ(markers.size(), 4u);
  const std::vector<double> samples{3, 41, 199, 80};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(markers[k].text, k < 3 ? "word" : "pause");
    EXPECT_NEAR(markers[k].onset_s * 600, samples[k], 1e-9) << k;
  }
}

TEST(CtfWriter, IsReadByMneBitForBit) {
  const TemporaryFolder temporary;
  write(temporary / "small.ds", small_contents());

  const auto outcome =
      testing::run_oracle("read_recording.py", {(temporary / "small.ds").string()});

  if (outcome.status == testing::kNoOracle) GTEST_SKIP() << "no MNE-Python";
  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  const Json mne = Json::parse(outcome.output)[0];
  const auto recording = open_recording(temporary / "small.ds");
  std::vector<std::string> names;
  for (const RawChannel& channel : recording->header().channels) names.push_back(channel.name);
  EXPECT_EQ(mne["channels"], Json(names));
  EXPECT_EQ(mne["samples"], 200);
  EXPECT_EQ(mne["rate"], 600.0);
  EXPECT_EQ(mne["bad"], Json({"MRT57-2908"}));
  EXPECT_EQ(mne["grade"], 0);
  EXPECT_EQ(mne["kinds"], Json::parse(R"({"mag": 3, "ref_meg": 3, "stim": 1, "misc": 2})"));
  EXPECT_EQ(mne["sha256"], sha256_of_values(all_values(*recording)));
  EXPECT_EQ(mne["triggers"], Json::parse("[[10, 10], [50, 20], [90, 30], [130, 40], [170, 50]]"));
  ASSERT_EQ(mne["annotations"].size(), 4u);
  EXPECT_NEAR(mne["annotations"][1][0].get<double>(), 41.0 / 600, 1e-6);
  for (int32_t grade = 1; grade <= 3; ++grade) {
    const auto changed = all_values(*compensated(open_recording(temporary / "small.ds"), grade));
    for (std::size_t channel = 0; channel < 9; ++channel) {
      const double value = changed[channel * 200 + 100];
      EXPECT_NEAR(mne["grades"][std::to_string(grade)][channel][1].get<double>(),
                  value,
                  1e-13 * std::abs(value))
          << "grade " << grade << ", channel " << channel;
    }
  }
}

TEST(CtfWriter, WritesTheSameBytesAgain) {
  const TemporaryFolder temporary;
  for (const char* place : {"a", "b"}) {
    fs::create_directory(temporary / place);
    write(temporary / place / "small.ds", small_contents());
  }

  std::size_t num_files = 0;
  for (const auto& entry : fs::directory_iterator(temporary / "a" / "small.ds")) {
    const fs::path other = temporary / "b" / "small.ds" / entry.path().filename();
    EXPECT_EQ(read_bytes(entry.path()), read_bytes(other)) << entry.path();
    ++num_files;
  }
  EXPECT_EQ(num_files, 7u);  // .res4, three .meg4, .hc, BadChannels, MarkerFile.mrk
}

TEST(CtfWriter, RefusesWhatTheFormatCannotHold) {
  const TemporaryFolder temporary;
  const auto refusal = [&](auto change) {
    CtfContents contents = small_contents();
    change(contents);
    return message_of(Blame::kCommandLine,
                      [&] { CtfWriter(temporary / "no.ds", std::move(contents)); });
  };

  EXPECT_TRUE(holds(refusal([](CtfContents& c) { c.samples_a_trial = 0; }),
                    "CTF folder: 0 samples a trial; 1 to 2147483647 are wanted"));
  EXPECT_TRUE(holds(refusal([](CtfContents& c) { c.channels.clear(); }), "0 channels; 1 to 32767"));
  EXPECT_TRUE(holds(refusal([](CtfContents& c) { c.channels[0].name.assign(32, 'x'); }),
                    "xx; a name of at most 31 bytes is wanted"));
  EXPECT_TRUE(holds(refusal([](CtfContents& c) { c.channels[8].q_gain = 0; }),
                    "channel UADC003-2901 with gains 1 and 0; gains whose product has an inverse"));
  EXPECT_TRUE(holds(refusal([](CtfContents& c) { c.coefficients[0].values.push_back(1); }),
                    "compensation G1BR of G11-2908 with 1 references and 2 values"));
  EXPECT_TRUE(
      holds(refusal([](CtfContents& c) { c.coefficients.resize(32768, c.coefficients.front()); }),
            "32768 compensation records; at most 32767 are wanted"));
  EXPECT_TRUE(holds(refusal([](CtfContents& c) { c.largest_file = 1447; }),
                    "files of at most 1447 bytes and trials of 1440; room for a trial and 8"));
  EXPECT_FALSE(fs::exists(temporary / "no.ds"));
}

TEST(CtfWriter, RefusesAFolderThatExistsAndTrialsOfAnotherLength) {
  const TemporaryFolder temporary;
  fs::create_directory(temporary / "small.ds");

  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { CtfWriter(temporary / "small.ds", small_contents()); }),
            "small.ds: cannot be made: it exists; a new folder is wanted"));
  EXPECT_TRUE(holds(
      message_of(Blame::kData, [&] { CtfWriter(temporary / "no/small.ds", small_contents()); }),
      "small.ds: cannot be made: No such file or directory"));
  CtfWriter writer(temporary / "new.ds", small_contents());
  EXPECT_TRUE(holds(message_of(Blame::kProgram,
                               [&] {
                                 writer.append_trial(std::vector{1, 2});
                               }),
                    "a trial of 2 samples; 360 are wanted"));
  EXPECT_TRUE(
      holds(message_of(Blame::kProgram, [&] { writer.finish(); }), "a CTF folder without trials"));
}

}  // namespace
}  // namespace lockstep
