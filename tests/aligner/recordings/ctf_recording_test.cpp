#include "aligner/recordings/ctf_recording.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

using testing::all_channels;
using testing::all_values;
using testing::golden_recording;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::sha256_of_values;
using testing::TemporaryFolder;
using testing::write_bytes;

constexpr std::size_t kNumSamplesAt = 1288, kNumChannelsAt = 1292, kRateAt = 1296;
constexpr std::size_t kDescriptionLengthAt = 1836, kNumFiltersAt = 1850;
// One filter with a parameter, one without, then 11 names of 32 bytes and 11 records of 1328.
constexpr std::size_t kNamesAt = kNumFiltersAt + 2 + 26 + 18;
constexpr std::size_t kRecordsAt = kNamesAt + 11 * 32;
constexpr std::size_t kNumCoefficientsAt = kRecordsAt + 11 * 1328;
constexpr std::size_t kCoefficientsAt = kNumCoefficientsAt + 2;

// A copy of the golden folder to damage.
struct CtfFolder : ::testing::Test {
  TemporaryFolder temporary;
  fs::path folder = temporary / "copy.ds";

  void SetUp() override {
    fs::create_directory(folder);
    for (const fs::directory_entry& entry : fs::directory_iterator(golden_recording("tiny.ds"))) {
      const std::string name = entry.path().filename().string();
      fs::copy_file(entry.path(),
                    folder / (name.starts_with("tiny.") ? "copy" + name.substr(4) : name));
    }
  }
  void put(const std::string& name, std::size_t at, std::string_view bytes) {
    std::string all = read_bytes(folder / name);
    all.replace(at, bytes.size(), bytes);
    write_bytes(folder / name, all);
  }
  std::string refusal(const OpenOptions& options = {}) {
    return message_of(Blame::kData, [&] { open_ctf(folder, options); });
  }
};

std::string big(int32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((static_cast<uint32_t>(value) >> shift) & 0xff);
  }
  return bytes;
}
std::string big16(int16_t value) { return big(value).substr(2); }

TEST_F(CtfFolder, TellsWhatTheHeaderSays) {
  const auto recording = open_recording(folder);

  const RawHeader& header = recording->header();
  EXPECT_EQ(header.format, "CTF");
  EXPECT_EQ(header.start_clock, "02-Nov-2018 14:05");
  EXPECT_EQ(header.rate, (SamplingRate{1200, 1}));
  EXPECT_EQ(header.samples_a_trial, 50);
  EXPECT_EQ(header.high_hz, 300);
  EXPECT_EQ(header.parts.size(), 2u);
  EXPECT_EQ(header.parts[1].samples, (SampleRange{100, 150}));
  EXPECT_EQ(header.head_coils, (std::vector<std::string>{"nasion", "left ear", "right ear"}));
  EXPECT_EQ(grade_of(header), 0);
  ASSERT_EQ(header.compensations.size(), 3u);
  EXPECT_EQ(header.compensations[2].name, "G3BR");
  // The reference that was not recorded has no column.
  EXPECT_EQ(header.compensations[2].columns.size(), 3u);
}

TEST_F(CtfFolder, KnowsKindsUnitsAndPositions) {
  const auto recording = open_ctf(folder, {});

  const auto& channels = recording->header().channels;
  EXPECT_EQ(channels[1].kind, ChannelKind::kMegReference);
  EXPECT_EQ(channels[4].kind, ChannelKind::kMegAxialGradiometer);
  EXPECT_EQ(channels[4].unit, "T");
  EXPECT_DOUBLE_EQ(channels[4].position_m[0], 0.055);
  EXPECT_EQ(channels[8].kind, ChannelKind::kEeg);
  EXPECT_EQ(channels[9].kind, ChannelKind::kStimulus);
  EXPECT_EQ(clean_name(channels[4].name), "MLC11");
  // MLF99 lies at the origin.
  EXPECT_EQ(channels[7].kind, ChannelKind::kMisc);
  ASSERT_EQ(recording->header().notes.size(), 1u);
  EXPECT_TRUE(holds(recording->header().notes[0], "MLF99-4304 has no position"));
}

TEST_F(CtfFolder, ReadsAnyRangeAsTheWhole) {
  const auto recording = open_ctf(folder, {});
  const std::vector<double> all = all_values(*recording);
  const std::vector<std::size_t> channels{5, 2};

  for (const SampleRange range :
       {SampleRange{0, 1}, {49, 51}, {13, 137}, {99, 101}, {149, 150}, {7, 7}}) {
    const std::vector<double> some = recording->read(channels, range);

    const auto length = static_cast<std::size_t>(range.end - range.first);
    ASSERT_EQ(some.size(), 2 * length);
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::size_t sample = static_cast<std::size_t>(range.first) + i % length;
      EXPECT_EQ(some[i], all[channels[i / length] * 150 + sample])
          << range.first << ", value " << i;
    }
  }
}

TEST_F(CtfFolder, KnowsBadStretchesOfSegmentsAndClasses) {
  const auto recording = open_ctf(folder, {});

  const auto& bad = recording->header().bad_stretches;
  ASSERT_EQ(bad.size(), 3u);
  EXPECT_EQ(bad[0].samples, (SampleRange{18, 27}));
  EXPECT_EQ(bad[2].samples, (SampleRange{50, 100}));
  EXPECT_EQ(bad[2].reason, "trial 1 is of class BAD");
}

TEST_F(CtfFolder, IsFoundUnderAnotherName) {
  const fs::path renamed = temporary / "sub-01_meg.ds";
  fs::rename(folder, renamed);

  EXPECT_TRUE(looks_like_recording(renamed));
  EXPECT_EQ(open_recording(renamed)->header().num_samples, 150);
  EXPECT_EQ(open_recording(renamed / "")->header().num_samples, 150);
}

TEST_F(CtfFolder, StopsWhereTheClockStandsStill) {
  // Sample 7 of the clock, the first channel of the first trial of the last file.
  put("copy.1_meg4", 8 + 4 * 7, big(0));

  const auto recording = open_ctf(folder, {});

  EXPECT_EQ(recording->header().num_samples, 107);
  EXPECT_TRUE(
      holds(recording->header().notes.back(), "stands at 0 from sample 7 on: 43 samples left out"));
  EXPECT_EQ(open_ctf(folder, {.system_clock = SystemClock::kIgnore})->header().num_samples, 150);
}

TEST_F(CtfFolder, RefusesAGapThatTheClockMakes) {
  put("copy.meg4", 8 + 4 * 7, big(0));

  EXPECT_TRUE(holds(refusal(), "copy.1_meg4: the clock SCLK01-177 stands at 0 before this file"));
  EXPECT_EQ(open_ctf(folder, {.system_clock = SystemClock::kIgnore})->header().num_samples, 150);
}

TEST_F(CtfFolder, IsUnknownWithoutItsMark) {
  put("copy.res4", 0, "MEG99RS");

  EXPECT_FALSE(looks_like_recording(folder));
  EXPECT_TRUE(holds(refusal(), "begins with \"MEG99RS\"; MEG41RS or MEG42RS is wanted"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { open_recording(folder); }),
            "no recording that is known; a CTF folder (.ds), FIF, meg.h5 of lockstep, LibriBrain's "
            "HDF5 or .npy with a .tsv beside it is wanted"));
}

TEST_F(CtfFolder, RefusesAHeaderCutAnywhere) {
  const std::string whole = read_bytes(folder / "copy.res4");
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    write_bytes(folder / "copy.res4", whole.substr(0, length));
    EXPECT_TRUE(holds(refusal(), "copy.res4")) << length;
  }
}

TEST_F(CtfFolder, RefusesLyingSizes) {
  put("copy.res4", kNumChannelsAt, big16(32767));
  EXPECT_TRUE(holds(refusal(), "bytes left for 32767 channels; 1360 each are wanted"));

  put("copy.res4", kNumChannelsAt, big16(-3));
  EXPECT_TRUE(holds(refusal(), "50 samples a trial of -3 channels; at least 1 of each"));

  put("copy.res4", kNumChannelsAt, big16(11));
  put("copy.res4", kDescriptionLengthAt, big(2000000000));
  EXPECT_TRUE(holds(refusal(), "the filters begins at byte 2000001844"));
}

TEST_F(CtfFolder, RefusesSwappedBytes) {
  std::string rate = read_bytes(folder / "copy.res4").substr(kRateAt, 8);
  std::reverse(rate.begin(), rate.end());
  put("copy.res4", kRateAt, rate);

  EXPECT_TRUE(holds(refusal(), "samples a second; 0.001 to 10,000,000 are wanted"));

  put("copy.res4", kNumSamplesAt, std::string("\x32\0\0\0", 4));
  EXPECT_TRUE(
      holds(refusal(),
            "copy.meg4: 4400 bytes of data, 0 trials and 4400 bytes; whole trials of 838860800"));
}

TEST_F(CtfFolder, RefusesNegativeCounts) {
  put("copy.res4", kNumFiltersAt, big16(-1));
  EXPECT_TRUE(holds(refusal(), "-1 filters; 0 or more are wanted"));

  put("copy.res4", kNumFiltersAt, big16(2));
  put("copy.res4", kNumFiltersAt + 2 + 16, big16(-7));
  EXPECT_TRUE(holds(refusal(), "filter 0 has -7 parameters; 0 or more are wanted"));
}

TEST_F(CtfFolder, RefusesMixedAndUnknownGrades) {
  put("copy.res4", kRecordsAt + 5 * 1328 + 42, big16(2));
  EXPECT_TRUE(
      holds(refusal(), "MLC11-4304 has gradient grade 0 and MRT57-4304 has 2; one grade for all"));

  put("copy.res4", kRecordsAt + 5 * 1328 + 42, big16(9));
  EXPECT_TRUE(holds(refusal(), "MRT57-4304 has gradient grade 9; 0 to 3 are wanted"));
}

TEST_F(CtfFolder, RefusesBrokenCoefficients) {
  put("copy.res4", kCoefficientsAt + 40, big16(51));
  EXPECT_TRUE(holds(refusal(), "51 compensation coefficients for MLC11-4304; 0 to 50 are wanted"));

  put("copy.res4", kCoefficientsAt + 40, big16(1));
  EXPECT_TRUE(holds(refusal(), "MRT57-4304 use other references; the same are wanted in G1BR"));

  put("copy.res4", kCoefficientsAt, "XLC");
  EXPECT_TRUE(
      holds(refusal(), "compensation coefficients for XLC11-4304; a channel's name is wanted"));
}

TEST_F(CtfFolder, CallsChannelsWithoutGainBad) {
  put("copy.res4", kRecordsAt + 6 * 1328 + 8, std::string(8, '\0'));

  const auto recording = open_ctf(folder, {});

  EXPECT_TRUE(recording->header().channels[6].bad);
  EXPECT_TRUE(
      holds(recording->header().notes[0], "MZO01-4304 has gains 0 and 1048576: taken as bad"));
}

TEST_F(CtfFolder, NotesChannelsOfOneName) {
  put("copy.res4",
      kNamesAt + 8 * 32,
      read_bytes(folder / "copy.res4").substr(kNamesAt + 9 * 32, 32));

  EXPECT_TRUE(holds(open_ctf(folder, {})->header().notes.back(), "2 channels are called UPPT001"));
}

TEST_F(CtfFolder, RefusesDataThatAreNotWhole) {
  const std::string whole = read_bytes(folder / "copy.1_meg4");
  write_bytes(folder / "copy.1_meg4", whole.substr(0, whole.size() - 1));
  EXPECT_TRUE(holds(
      refusal(),
      "2199 bytes of data, 0 trials and 2199 bytes; whole trials of 50 samples of 11 channels"));

  write_bytes(folder / "copy.1_meg4", whole + std::string(4, 'x'));
  EXPECT_TRUE(holds(refusal(), "1 trials and 4 bytes"));

  write_bytes(folder / "copy.1_meg4", "MEG41CP");
  EXPECT_TRUE(holds(refusal(), "copy.1_meg4: does not begin with MEG41CP; CTF data are wanted"));

  fs::remove(folder / "copy.meg4");
  EXPECT_TRUE(holds(refusal(), "copy.meg4: there is no such file; CTF data are wanted"));
}

TEST_F(CtfFolder, NamesAFileThatShrankSinceItWasOpened) {
  const auto recording = open_ctf(folder, {});
  fs::resize_file(folder / "copy.meg4", 1000);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { all_values(*recording); }),
                    "copy.meg4: ends before byte "));
}

TEST_F(CtfFolder, RefusesBrokenTextsNamingTheLine) {
  write_bytes(folder / "MarkerFile.mrk", "NUMBER OF MARKERS:\n900\nNAME:\nx\n");
  EXPECT_TRUE(
      holds(refusal(), "MarkerFile.mrk:2: \"900\"; the number of markers of what the 4 lines"));

  write_bytes(folder / "MarkerFile.mrk", "NUMBER OF MARKERS:\n1\nNAME:\nx\n");
  EXPECT_TRUE(holds(refusal(),
                    "MarkerFile.mrk: ends after line 4; a line \"NUMBER OF SAMPLES:\" is wanted"));

  write_bytes(folder / "MarkerFile.mrk",
              "NUMBER OF MARKERS:\n1\nNAME:\nx\nNUMBER OF SAMPLES:\n1\nLIST OF SAMPLES:\nTRIAL\n+0 "
              "later\n");
  EXPECT_TRUE(holds(refusal(), "MarkerFile.mrk:9: \"later\"; a time in seconds is wanted"));

  fs::remove(folder / "MarkerFile.mrk");
  write_bytes(folder / "bad.segments", "\n1 0.5\n");
  EXPECT_TRUE(holds(refusal(), "bad.segments:2: \"1 0.5\"; \"trial start stop\" is wanted"));

  write_bytes(folder / "bad.segments", "1 0.5 0.4\n");
  EXPECT_TRUE(holds(refusal(), "a stop after the start is wanted"));
}

TEST_F(CtfFolder, CountsWhatItCannotPlace) {
  write_bytes(folder / "BadChannels", "MRT57\r\nMXX99\r\n\r\n");
  write_bytes(folder / "bad.segments", "1 900 901\n2 0 0.1\n");

  const auto recording = open_ctf(folder, {});

  const auto& notes = recording->header().notes;
  EXPECT_EQ(notes[1], "BadChannels names MXX99, which is no channel");
  EXPECT_EQ(notes[2], "bad.segments: 1 lines lie outside the recording");
  EXPECT_TRUE(holds(notes[3], "bad.segments: 1 lines of later trials"));
  EXPECT_TRUE(recording->header().channels[5].bad);
}

TEST_F(CtfFolder, RefusesGradesWithoutCoefficients) {
  put("copy.res4", kNumCoefficientsAt, big16(0));

  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { compensated(open_ctf(folder, {}), 3); }),
                    "no coefficients for grade 3; the recording has those of 0"));
}

TEST_F(CtfFolder, ComesBackFromAnyGrade) {
  const std::vector<double> raw = all_values(*open_ctf(folder, {}));

  // There and back through the inverse: the recording itself.
  for (int32_t grade = 1; grade <= 3; ++grade) {
    const std::vector<double> back =
        all_values(*compensated(compensated(open_ctf(folder, {}), grade), 0));
    for (std::size_t i = 0; i < raw.size(); ++i) {
      EXPECT_NEAR(back[i], raw[i], 1e-12 * std::abs(raw[i]) + 1e-22)
          << "grade " << grade << ", value " << i;
    }
  }
}

}  // namespace
}  // namespace lockstep
