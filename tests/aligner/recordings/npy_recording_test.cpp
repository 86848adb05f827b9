#include "aligner/recordings/npy_recording.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/recordings/channel_kind.h"
#include "aligner/recordings/open_recording.h"
#include "tests/support/messages.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::all_values;
using testing::golden_recording;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::sha256_of_values;
using testing::write_bytes;

std::string golden_sha256(const std::string& name) {
  return nlohmann::json::parse(read_bytes(golden_recording("arrays.json"))).at(name);
}

struct NpyTypes : ::testing::TestWithParam<const char*> {};
TEST_P(NpyTypes, AreReadAsNumpyReadsThem) {
  const std::string name = std::string(GetParam()) + ".npy";

  const auto recording = open_recording(golden_recording(name));

  EXPECT_EQ(recording->header().num_samples, 300);
  EXPECT_EQ(recording->header().channels.size(), 5u);
  EXPECT_EQ(sha256_of_values(all_values(*recording)), golden_sha256(name));
}
INSTANTIATE_TEST_SUITE_P(All,
                         NpyTypes,
                         ::testing::Values("little_i2",
                                           "little_i4",
                                           "little_f4",
                                           "little_f8",
                                           "big_i2",
                                           "big_i4",
                                           "big_f4",
                                           "big_f8"));

/// A header of format 1.0 with this dictionary.
std::string npy(const std::string& dictionary, std::size_t num_bytes, char version = 1) {
  const auto length = static_cast<unsigned>(dictionary.size());
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes += static_cast<char>(length % 256);
  bytes += static_cast<char>(length / 256);
  if (version > 1) bytes += std::string(2, '\0');
  return bytes + dictionary + std::string(num_bytes, '\0');
}

struct NpyFiles : ::testing::Test {
  testing::TemporaryFolder folder;

  NpyFiles() { write_bytes(folder / "a.tsv", "# rate_hz 100\nname\nA\nB\n"); }
  void write(const std::string& bytes) const { write_bytes(folder / "a.npy", bytes); }
  std::string refusal() const {
    return message_of(Blame::kData, [&] { (void)open_recording(folder / "a.npy"); });
  }
  std::string refusal(const std::string& dictionary, std::size_t num_bytes) const {
    write(npy(dictionary, num_bytes));
    return refusal();
  }
};

TEST_F(NpyFiles, TakeWhatTheTableSays) {
  const auto recording = open_recording(golden_recording("little_f4.npy"));

  const RawHeader& header = recording->header();
  EXPECT_EQ(header.rate, (SamplingRate{501, 2}));
  EXPECT_EQ(header.channels[1].name, "MEG0112");
  EXPECT_EQ(header.channels[1].kind, ChannelKind::kMegMagnetometer);
  EXPECT_EQ(header.channels[4].kind, ChannelKind::kStimulus);
  EXPECT_EQ(header.channels[1].unit, "T");
  EXPECT_EQ(header.channels[1].position_m[0], 0.01);
  EXPECT_TRUE(header.channels[1].has_position);
  EXPECT_TRUE(header.channels[2].bad);
  EXPECT_FALSE(header.channels[1].bad);
}

TEST_F(NpyFiles, NeedNoMoreThanNames) {
  write(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", 24));

  const auto recording = open_recording(folder / "a.npy");

  EXPECT_EQ(recording->header().channels[0].kind, ChannelKind::kMisc);
  EXPECT_FALSE(recording->header().channels[0].has_position);
  EXPECT_EQ(all_values(*recording), std::vector<double>(6, 0));
}

TEST_F(NpyFiles, GiveNaNAsItIs) {
  std::string bytes = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", 16);
  bytes.replace(bytes.size() - 8, 8, std::string("\0\0\0\0\0\0\xf8\x7f", 8));
  write(bytes);

  const auto values = all_values(*open_recording(folder / "a.npy"));

  EXPECT_EQ(values[0], 0);
  EXPECT_TRUE(std::isnan(values[1]));
}

TEST_F(NpyFiles, ReadOutOfOrderAndInPieces) {
  const auto recording = open_recording(golden_recording("little_f8.npy"));
  const std::vector<double> all = all_values(*recording);

  const auto piece = recording->read(std::vector<std::size_t>{3, 1}, {117, 120});

  EXPECT_EQ(piece,
            (std::vector<double>{all[3 * 300 + 117],
                                 all[3 * 300 + 118],
                                 all[3 * 300 + 119],
                                 all[300 + 117],
                                 all[300 + 118],
                                 all[300 + 119]}));
}

TEST_F(NpyFiles, RefuseArraysOfOtherOrdersTypesAndAxes) {
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2)}", 24),
                    "a.npy: an array in Fortran order; numpy.ascontiguousarray before saving"));
  EXPECT_TRUE(holds(refusal("{'descr': '<c8', 'fortran_order': False, 'shape': (3, 2)}", 48),
                    "numbers of type \"<c8\"; int16, int32, float32 or float64 is wanted"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", 24),
                    "an array of 1 axes (6); time x channel is wanted"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2)}", 0),
                    "an array of 2 axes (0 x 2); time x channel is wanted, at least 1 of each"));
}

TEST_F(NpyFiles, RefuseHeadersThatLie) {
  EXPECT_TRUE(
      holds(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", 23),
            "23 bytes of numbers; an array of 3 x 2 numbers of 4 bytes is said to be there"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': "
                            "(4611686018427387904, 4611686018427387904)}",
                            24),
                    "24 bytes of numbers; an array of 4611686018427387904 x 4611686018427387904"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2)}", 24),
                    "header: \"-3, 2)}\"; a number of 0 or more is wanted"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': False}", 24),
                    "descr, fortran_order and shape, once each, is wanted"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'descr': '<f4'}", 24), "once each, is wanted"));
  EXPECT_TRUE(
      holds(refusal("{'descr': '<f4', 'fortran_order': 1}", 24), "True or False is wanted"));
  EXPECT_TRUE(holds(refusal("['descr']", 24), "header: \"['descr']\"; '{' is wanted"));
  EXPECT_TRUE(holds(refusal("{'descr", 24), "the end of a string is wanted"));
  EXPECT_TRUE(holds(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)} x", 24),
                    "header: \"x\"; the end of the header is wanted"));
  std::string many = "{'shape': (";
  for (int axis = 0; axis < 33; ++axis) many += "1,";
  EXPECT_TRUE(holds(refusal(many + ")}", 4), "an array of at most 32 axes is wanted"));
}

TEST_F(NpyFiles, RefuseCutFilesAndOtherVersions) {
  write("\x93NUMPY\1");
  EXPECT_TRUE(holds(refusal(), "a.npy: 7 bytes; a .npy file is wanted"));
  write(npy("{}", 0, 4));
  EXPECT_TRUE(holds(refusal(), ".npy format 4.0; 1.0, 2.0 or 3.0 is wanted"));
  write(npy(std::string(400, ' '), 0).substr(0, 100));
  EXPECT_TRUE(holds(refusal(), "a header of 400 bytes in a file of 100; at most 90 are wanted"));
}

TEST_F(NpyFiles, RefuseTablesThatDoNotFit) {
  const auto with = [&](const std::string& table) {
    write(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", 24));
    write_bytes(folder / "a.tsv", table);
    return refusal();
  };

  EXPECT_TRUE(holds(with("# rate_hz 100\nname\nA\n"),
                    "a.tsv: 1 channels for an array of 2; one row each is wanted"));
  EXPECT_TRUE(holds(with("name\nA\nB\n"), "a.tsv: no line \"# rate_hz 250\" before the header"));
  EXPECT_TRUE(
      holds(with("# rate_hz fast\nname\nA\nB\n"), "a.tsv: \"# rate_hz fast\"; a number is wanted"));
  EXPECT_TRUE(holds(with("# rate_hz 0\nname\nA\nB\n"), "0 samples a second; 0.001 to"));
  EXPECT_TRUE(holds(with("# rate_hz 9\nname\tkind\nA\tmeg\nB\tmeg\n"),
                    "a.tsv:3: kind: \"meg\"; a kind of channel such as meg_magnetometer"));
  EXPECT_TRUE(holds(with("# rate_hz 9\nname\tbad\nA\t2\nB\t0\n"), "a.tsv:3: bad: \"2\"; 0 or 1"));
  EXPECT_TRUE(holds(with("# rate_hz 9\nname\tbad\n\t0\nB\t0\n"), "a.tsv:3: name: \"\"; a name"));
  std::filesystem::remove(folder / "a.tsv");
  EXPECT_TRUE(holds(refusal(), "a.npy: there is no a.tsv that names its channels and rate; one"));
}

TEST(ChannelKinds, AreFoundByTheirNames) {
  EXPECT_EQ(channel_kind_of("meg_axial_gradiometer"), ChannelKind::kMegAxialGradiometer);
  EXPECT_EQ(channel_kind_of("misc"), ChannelKind::kMisc);
  EXPECT_EQ(channel_kind_of("mag"), std::nullopt);
}

}  // namespace
}  // namespace lockstep
