#include "aligner/recordings/fif_recording.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

using testing::all_values;
using testing::golden_recording;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;
using testing::write_bytes;

std::string big(int32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((static_cast<uint32_t>(value) >> shift) & 0xff);
  }
  return bytes;
}
std::string tag(int32_t kind, int32_t type, std::string_view value, int32_t next = 0) {
  return big(kind) + big(type) + big(static_cast<int32_t>(value.size())) + big(next) +
         std::string(value);
}
std::string block(int32_t kind, std::string_view inside) {
  return tag(104, 3, big(kind)) + std::string(inside) + tag(105, 3, big(kind));
}

// Where a tag of a kind begins in golden bytes; the nth from 0.
std::size_t tag_at(const std::string& bytes, int32_t kind, int32_t type, int nth = 0) {
  const std::string head = big(kind) + big(type);
  std::size_t at = bytes.find(head);
  for (int i = 0; i < nth; ++i) at = bytes.find(head, at + 1);
  if (at == std::string::npos) throw std::logic_error("no such tag");
  return at;
}

struct FifFileTest : ::testing::Test {
  TemporaryFolder folder;
  fs::path file = folder / "x_raw.fif";
  std::string bytes = read_bytes(golden_recording("skips_raw.fif"));

  std::unique_ptr<RawRecording> open(const OpenOptions& options = {}) {
    write_bytes(file, bytes);
    return open_fif(file, options);
  }
  std::string refusal() {
    return message_of(Blame::kData, [&] { open(); });
  }
  void put(std::size_t at, std::string_view value) { bytes.replace(at, value.size(), value); }
  void copy_parts() {
    for (const char* name : {"parts_raw.fif", "parts_raw-1.fif", "parts_raw-2.fif"}) {
      fs::copy_file(golden_recording(name), folder / name);
    }
  }
};

TEST_F(FifFileTest, TellsWhatTheHeaderSays) {
  const auto recording = open();

  const RawHeader& header = recording->header();
  EXPECT_EQ(header.device, "MEGIN (Neuromag)");
  EXPECT_EQ(header.start_clock, "2013-11-13T16:14:03.794232Z");
  EXPECT_FLOAT_EQ(static_cast<float>(header.low_hz), 0.1f);
  EXPECT_EQ(header.high_hz, 330);
  EXPECT_EQ(header.channels[0].kind, ChannelKind::kMegPlanarGradiometer);
  EXPECT_EQ(header.channels[0].unit, "T/m");
  EXPECT_EQ(header.channels[1].kind, ChannelKind::kMegMagnetometer);
  EXPECT_EQ(header.channels[2].kind, ChannelKind::kEeg);
  EXPECT_EQ(header.channels[3].kind, ChannelKind::kStimulus);
  EXPECT_FLOAT_EQ(static_cast<float>(header.channels[1].position_m[0]), 0.1f);
}

TEST_F(FifFileTest, KnowsWhatWasSkipped) {
  const auto recording = open();

  EXPECT_EQ(recording->header().segments, (std::vector<SampleRange>{{0, 40}, {100, 133}}));
  EXPECT_EQ(recording->header().bad_stretches[0].samples, (SampleRange{40, 100}));
  EXPECT_EQ(recording->header().bad_stretches[1].reason, "BAD blink");
}

TEST_F(FifFileTest, ReadsAnyRangeAsTheWhole) {
  const auto recording = open();
  const std::vector<double> all = all_values(*recording);
  const std::vector<std::size_t> channels{2, 0};

  for (const SampleRange range :
       {SampleRange{0, 1}, {19, 21}, {30, 110}, {50, 60}, {132, 133}, {5, 5}}) {
    const std::vector<double> some = recording->read(channels, range);

    const auto length = static_cast<std::size_t>(range.end - range.first);
    ASSERT_EQ(some.size(), 2 * length);
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::size_t sample = static_cast<std::size_t>(range.first) + i % length;
      EXPECT_EQ(some[i], all[channels[i / length] * 133 + sample])
          << range.first << ", value " << i;
    }
  }
}

TEST_F(FifFileTest, RefusesRangesOutside) {
  const auto recording = open();
  const std::vector<std::size_t> known{0}, unknown{4};

  EXPECT_TRUE(holds(message_of(Blame::kProgram,
                               [&] {
                                 recording->read(known, {0, 134});
                               }),
                    "samples 0 to 134 of a recording of 133"));
  EXPECT_TRUE(holds(message_of(Blame::kProgram,
                               [&] {
                                 recording->read(unknown, {0, 1});
                               }),
                    "channel 4 of a recording of 4"));
}

TEST_F(FifFileTest, RefusesAFileCutAnywhere) {
  const std::string whole = bytes;
  for (std::size_t length = 16; length + 16 < whole.size(); length += 29) {
    bytes = whole.substr(0, length);
    EXPECT_TRUE(holds(refusal(), "x_raw.fif")) << length;
  }
}

TEST_F(FifFileTest, IsUnknownWithSwappedBytes) {
  std::reverse(bytes.begin(), bytes.begin() + 4);
  write_bytes(file, bytes);

  EXPECT_FALSE(looks_like_recording(file));
  EXPECT_TRUE(holds(refusal(), "does not begin with FIF's tag 100"));
}

TEST_F(FifFileTest, RefusesTagsThatLie) {
  const std::size_t at = tag_at(bytes, 300, 16);
  put(at + 8, big(2000000000));
  EXPECT_TRUE(holds(refusal(),
                    "tag 300 at byte " + to_text(at) + " holds 2000000000 bytes; the file has "));

  put(at + 8, big(-4));
  EXPECT_TRUE(holds(refusal(), "holds -4 bytes; the file has "));

  put(at + 8, big(160));
  put(at + 12, big(16));
  EXPECT_TRUE(holds(refusal(), "is followed by one at byte 16; a later one is wanted"));
}

TEST_F(FifFileTest, RefusesBlocksThatDoNotClose) {
  put(tag_at(bytes, 105, 3) + 16, big(7));
  EXPECT_TRUE(holds(refusal(), "block 7 is closed at byte"));

  bytes = bytes.substr(0, 36) + tag(101, 3, big(-1)) + tag(104, 3, big(100));
  EXPECT_TRUE(holds(refusal(), "ends inside block 100; the file is cut short"));

  bytes = bytes.substr(0, 36);
  for (int i = 0; i < 100; ++i) bytes += tag(104, 3, big(i));
  EXPECT_TRUE(holds(refusal(), "deep at byte"));

  bytes = bytes.substr(0, 36) + tag(104, 3, "xx");
  EXPECT_TRUE(holds(refusal(), "holds 2 bytes; the number of a block, 4, is wanted"));
}

TEST_F(FifFileTest, RefusesAMeasurementThatLacksSomething) {
  const std::string start = bytes.substr(0, 36);
  bytes = start;
  EXPECT_TRUE(holds(refusal(), "no block 101; a FIF file with a measurement is wanted"));

  bytes = start + block(101, tag(200, 3, big(1)));
  EXPECT_TRUE(holds(refusal(), "block 101 has no tag 201; the sampling rate is wanted"));

  const std::string rate = tag(201, 4, std::string("\x44\x7a\0\0", 4));
  bytes = start + block(101, rate + tag(200, 3, big(3)));
  EXPECT_TRUE(holds(refusal(), "3 channels and 0 channel records; the same number, at least 1"));

  bytes = start + block(101, rate + tag(200, 3, big(1)) + tag(203, 30, "short"));
  EXPECT_TRUE(holds(refusal(), "tag 203 at byte 96: 5 bytes; 96 are wanted"));
}

TEST_F(FifFileTest, RefusesDataItCannotRead) {
  const std::size_t at = tag_at(bytes, 300, 16);
  put(at + 4, big(20));
  EXPECT_TRUE(holds(refusal(), "complex data; real numbers are wanted"));

  put(at + 4, big(7));
  EXPECT_TRUE(holds(refusal(), "data of type 7; 2, 3, 4, 5 or 16"));

  put(at + 4, big(16));
  put(tag_at(bytes, 301, 3, 1) + 16, big(-1));
  EXPECT_TRUE(holds(refusal(), "a skip of -1 buffers; 0 or more are wanted"));
}

TEST_F(FifFileTest, RefusesASkipBeyondAllMeasure) {
  // 2^31 - 1 buffers of 20 samples are fewer than 2^40 samples; of the longest buffer they are not.
  std::string header = bytes.substr(0, bytes.find(tag(104, 3, big(102))));
  std::string inside;
  for (int i = 0; i < 30; ++i)
    inside += tag(301, 3, big(2147483647)) + tag(300, 16, std::string(8 * 20, 'x'));
  bytes = header + block(102, tag(208, 3, big(0)) + inside) + tag(105, 3, big(100));

  EXPECT_TRUE(holds(refusal(), "samples; 0 to 1099511627776 are wanted"));
}

TEST_F(FifFileTest, RefusesBuffersThatAreNotWhole) {
  std::string header = bytes.substr(0, bytes.find(tag(104, 3, big(102))));
  bytes = header + block(102, tag(300, 16, std::string(13, 'x'))) + tag(105, 3, big(100));
  EXPECT_TRUE(holds(refusal(), "a buffer of 13 bytes; whole samples of 8 bytes are wanted"));

  bytes = header + block(102, "") + tag(105, 3, big(100));
  EXPECT_TRUE(holds(refusal(), "a raw block without data; at least one buffer is wanted"));

  bytes = header + block(102, "") + block(102, "") + tag(105, 3, big(100));
  EXPECT_TRUE(holds(refusal(), "2 blocks 102; one is wanted"));
}

TEST_F(FifFileTest, RefusesEpochsAndNothing) {
  const std::size_t at = bytes.find(tag(104, 3, big(102)));
  const std::size_t end = bytes.find(tag(105, 3, big(102)));
  put(at, tag(104, 3, big(373)));
  put(end, tag(105, 3, big(373)));
  EXPECT_TRUE(holds(refusal(),
                    "holds epochs and no raw data; filters and responses need what lies between"));

  put(at, tag(104, 3, big(103)));
  put(end, tag(105, 3, big(103)));
  EXPECT_TRUE(holds(refusal(), "holds no raw data; raw data (block 102) are wanted"));
}

TEST_F(FifFileTest, RefusesMaxShieldUnlessAllowed) {
  put(bytes.find(tag(104, 3, big(102))), tag(104, 3, big(119)));
  put(bytes.find(tag(105, 3, big(102))), tag(105, 3, big(119)));

  EXPECT_TRUE(holds(refusal(), "recorded with MaxShield, whose compensation distorts"));
  const auto recording = open({.max_shield = MaxShield::kAllow});
  EXPECT_EQ(recording->header().num_samples, 133);
  EXPECT_TRUE(holds(recording->header().notes.back(), "recorded with MaxShield"));
}

TEST_F(FifFileTest, RefusesMixedGrades) {
  const std::string magnetometer = big(3024);
  put(bytes.find(magnetometer), big(3024 + (3 << 16)));

  EXPECT_TRUE(holds(refusal(), "MEG channels have gradient grades 0 and 3; one grade for all"));
}

TEST_F(FifFileTest, RefusesAnnotationsThatDoNotAgree) {
  const std::size_t at = tag_at(bytes, 206, 10);
  put(at + 16, "word{COLON}_the");
  put(bytes.find(":late"), "-late");
  EXPECT_TRUE(
      holds(refusal(), "3 onsets, 3 ends and 2 texts of annotations; as many of each are wanted"));

  put(bytes.find("-late"), ":late");
  put(tag_at(bytes, 3568, 5) + 16, std::string("\x7f\xf8\0\0\0\0\0\0", 8));
  EXPECT_TRUE(holds(refusal(), "annotation 0 lasts from nan to 1.55 s"));
}

TEST_F(FifFileTest, CountsBadChannelsThatAreNone) {
  put(bytes.find("MEG 0111:EEG 001"), "MEG 9999:EEG 001");

  EXPECT_TRUE(holds(open()->header().notes.at(0), "the list of bad channels names MEG 9999"));
}

TEST_F(FifFileTest, JoinsItsParts) {
  copy_parts();

  const auto recording = open_fif(folder / "parts_raw.fif", {});

  ASSERT_EQ(recording->header().parts.size(), 3u);
  EXPECT_EQ(recording->header().parts[1].samples, (SampleRange{37, 62}));
  EXPECT_EQ(recording->header().segments, (std::vector<SampleRange>{{0, 73}}));
}

TEST_F(FifFileTest, NamesAPartThatIsNotThere) {
  copy_parts();
  fs::remove(folder / "parts_raw-2.fif");

  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { open_fif(folder / "parts_raw.fif", {}); }),
            "parts_raw.fif: the recording continues in parts_raw-2.fif, which is not there"));
}

TEST_F(FifFileTest, RefusesPartsThatDoNotMatchOrGoInCircles) {
  copy_parts();
  const std::string second = read_bytes(folder / "parts_raw-1.fif");
  std::string other = second;
  other.replace(other.find("EEG 001"), 7, "EEG 002");
  write_bytes(folder / "parts_raw-1.fif", other);
  const auto open_parts = [&] { open_fif(folder / "parts_raw.fif", {}); };
  EXPECT_TRUE(holds(message_of(Blame::kData, open_parts),
                    "the same channels, calibrations and rate are wanted"));

  other = second;
  other.replace(tag_at(other, 117, 3) + 16, 4, big(1));
  write_bytes(folder / "parts_raw-1.fif", other);
  EXPECT_TRUE(holds(message_of(Blame::kData, open_parts), "continues itself after 2 files"));
}

TEST_F(FifFileTest, StaysInItsFolder) {
  copy_parts();
  std::string first = read_bytes(folder / "parts_raw.fif");
  first.replace(first.find("parts_raw-1.fif"), 15, "../../e/raw.fif");
  write_bytes(folder / "parts_raw.fif", first);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_fif(folder / "parts_raw.fif", {}); }),
                    "a file's name without folder is wanted"));
}

TEST_F(FifFileTest, NotesPartsWithAGap) {
  copy_parts();
  std::string second = read_bytes(folder / "parts_raw-1.fif");
  second.replace(tag_at(second, 208, 3) + 16, 4, big(600));
  write_bytes(folder / "parts_raw-1.fif", second);

  EXPECT_TRUE(holds(open_fif(folder / "parts_raw.fif", {})->header().notes.at(0),
                    "begins at sample 600 and 537 was next: joined without gap"));
}

}  // namespace
}  // namespace lockstep
