// LibriBrain's files and our own meg.h5 as recordings.
#include "aligner/recordings/hdf5_recording.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "aligner/recordings/open_recording.h"
#include "tests/support/messages.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_study.h"

namespace lockstep {
namespace {

using testing::all_values;
using testing::golden_recording;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;
using testing::TinyStudy;
using testing::write_bytes;

TEST(LibriBrainRecording, IsReadAsH5pyReadsIt) {
  const auto recording = open_recording(golden_recording("libribrain_meg.h5"));

  const RawHeader& header = recording->header();
  EXPECT_EQ(header.format, "LibriBrain");
  EXPECT_EQ(header.rate.hz(), 250);
  EXPECT_EQ(header.num_samples, 300);
  EXPECT_EQ(header.low_hz, 0.1);
  EXPECT_EQ(header.high_hz, 125);
  ASSERT_EQ(header.channels.size(), 5u);
  EXPECT_EQ(header.channels[0].name, "MEG0111");
  EXPECT_EQ(header.channels[0].kind, ChannelKind::kMegMagnetometer);
  EXPECT_EQ(header.channels[1].kind, ChannelKind::kMegPlanarGradiometer);
  EXPECT_EQ(header.channels[1].unit, "T/m");
  EXPECT_EQ(header.channels[4].kind, ChannelKind::kStimulus);
  EXPECT_TRUE(header.notes.empty());
  EXPECT_EQ(
      testing::sha256_of_values(all_values(*recording)),
      nlohmann::json::parse(read_bytes(golden_recording("arrays.json"))).at("libribrain_meg.h5"));
}

TEST(LibriBrainRecording, ReadsAnyChannelsFromAnyThread) {
  const auto recording = open_recording(golden_recording("libribrain_meg.h5"));
  const std::vector<double> all = all_values(*recording);

  std::vector<std::thread> threads;
  std::array<std::vector<double>, 4> pieces;
  for (std::size_t k = 0; k < pieces.size(); ++k) {
    threads.emplace_back([&, k] {
      const auto first = static_cast<int64_t>(40 * k + 7);
      pieces[k] = recording->read(std::vector<std::size_t>{4, 1}, {first, first + 2});
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (std::size_t k = 0; k < pieces.size(); ++k) {
    const std::size_t first = 40 * k + 7;
    EXPECT_EQ(pieces[k],
              (std::vector<double>{
                  all[1200 + first], all[1201 + first], all[300 + first], all[301 + first]}));
  }
}

TEST(LibriBrainRecording, RefusesEpochsAndCountsThatDoNotAgree) {
  EXPECT_TRUE(
      holds(message_of(Blame::kData,
                       [] { (void)open_recording(golden_recording("libribrain_epochs.h5")); }),
            "libribrain_epochs.h5: 4 epochs; the continuous file that they were cut from"));

  const TemporaryFolder folder;
  std::string bytes = read_bytes(golden_recording("libribrain_meg.h5"));
  const std::size_t names = bytes.find("MEG0111, MEG0112");
  ASSERT_NE(names, std::string::npos);
  bytes[names + 7] = ';';
  write_bytes(folder / "a.h5", bytes);
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { (void)open_recording(folder / "a.h5"); }),
                    "a.h5: 4 channel_names and 5 channel_types for 5 channels; as many of each"));
}

TEST(LibriBrainRecording, TakesUnknownTypesForMiscAndSaysSo) {
  const TemporaryFolder folder;
  std::string bytes = read_bytes(golden_recording("libribrain_meg.h5"));
  bytes.replace(bytes.find("mag, grad"), 9, "mug, grad");
  write_bytes(folder / "a.h5", bytes);

  const auto recording = open_recording(folder / "a.h5");

  EXPECT_EQ(recording->header().channels[0].kind, ChannelKind::kMisc);
  EXPECT_EQ(recording->header().notes,
            std::vector<std::string>{"1 channels of type \"mug\": taken as misc"});
}

TEST(LibriBrainRecording, RefusesCutFiles) {
  const TemporaryFolder folder;
  const std::string bytes = read_bytes(golden_recording("libribrain_meg.h5"));
  for (const std::size_t length : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 100}) {
    write_bytes(folder / "a.h5", bytes.substr(0, length));
    EXPECT_NE(message_of(Blame::kData, [&] { all_values(*open_recording(folder / "a.h5")); }), "")
        << length;
  }
}

/// A meg.h5 with two recordings.
struct MegRecordings : ::testing::Test {
  MegRecordings() {
    study.num_blocks = 1;
    study.make();
    study.meg.sensors[2].bad = true;
    study.meg.recordings[1].segments = {{0, 100}, {120, study.meg.recordings[1].num_samples}};
    study.write();
  }
  std::string inside(const std::string& name) const {
    return study.meg_path().string() + "::" + name;
  }

  TinyStudy study;
};

TEST_F(MegRecordings, AreChosenByName) {
  const auto recording = open_recording(inside("sub-002_ses-001"));

  const RawHeader& header = recording->header();
  EXPECT_EQ(header.format, "lockstep meg");
  EXPECT_EQ(header.rate, (SamplingRate{30, 1}));
  EXPECT_EQ(header.num_samples, study.meg.recordings[1].num_samples);
  EXPECT_EQ(header.segments, (std::vector<SampleRange>{{0, 100}, {120, header.num_samples}}));
  ASSERT_EQ(header.channels.size(), 6u);
  EXPECT_EQ(header.channels[0].kind, ChannelKind::kMegAxialGradiometer);
  EXPECT_EQ(header.channels[0].unit, "T");
  EXPECT_TRUE(header.channels[2].bad);
  const std::vector<double> values = all_values(*recording);
  const auto length = static_cast<std::size_t>(header.num_samples);
  for (std::size_t k = 0; k < values.size(); ++k) {
    ASSERT_EQ(values[k], static_cast<double>(study.data[1][k % length * 6 + k / length])) << k;
  }
}

TEST_F(MegRecordings, HaveToBeNamedIfThereAreSeveral) {
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { (void)open_recording(study.meg_path()); }),
                    "meg.h5: none is named of 2 recordings; meg.h5:: and one of sub-001_ses-001, "
                    "sub-002_ses-001 is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { (void)open_recording(inside("sub-003")); }),
                    "meg.h5: \"sub-003\" is none of 2 recordings"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { (void)open_recording(inside("x") + "y"); }),
                    "\"xy\" is none of 2"));
}

TEST_F(MegRecordings, NeedNoNameIfThereIsOne) {
  TinyStudy one;
  one.num_subjects = 1;
  one.num_blocks = 1;
  one.make();
  one.write();

  EXPECT_EQ(open_recording(one.meg_path())->header().num_samples,
            one.meg.recordings[0].num_samples);
}

TEST_F(MegRecordings, AreNoneInFilesThatAreNot) {
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { (void)open_recording(study.folder / "no.h5::a"); }),
            "no.h5::a: there is no such file or folder"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { (void)open_recording(study.targets_path()); }),
                    "targets.h5: no recording that is known"));
}

}  // namespace
}  // namespace lockstep
