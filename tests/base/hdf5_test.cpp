// Hdf5Writer and Hdf5Reader against each other; what xarray makes of the files is tested in
// tests/programs.
#include <gtest/gtest.h>

#include <cmath>

#include "base/hdf5_reader.h"
#include "base/hdf5_writer.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

void write_example(const std::filesystem::path& path) {
  Hdf5Writer file(path);
  const std::vector<std::string> sensors = {"MLC11", "MLC\xC3\xA9", ""};
  file.define_axis("sensor", sensors);
  file.define_axis("unit", 2);
  file.define_axis("a/time", std::vector<double>{0, 0.5}, "s");
  file.write("gain", std::vector<float>{1, 2, 3}, {"sensor"}, "T");
  file.write("a/data", std::vector<double>{1, 2, 3, 4, 5, 6}, {"time", "sensor"});
  file.write("a/flag", std::vector<uint8_t>{1, 0}, {"time"});
  file.reserve("half", Hdf5Writer::Storage::kFloat16, {"unit", "sensor"});
  file.attribute("", "model", "tiny");
  file.attribute("a", "rate", 30.5);
  file.attribute("a/data", "n", int64_t{-7});
  file.close();
}

TEST(Hdf5, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  write_example(folder / "a.h5");

  const Hdf5Reader file(folder / "a.h5");

  EXPECT_EQ(file.strings("sensor"), (std::vector<std::string>{"MLC11", "MLC\xC3\xA9", ""}));
  EXPECT_EQ(file.doubles("gain"), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(file.axes("a/data"), (std::vector<std::string>{"time", "sensor"}));
  EXPECT_EQ(file.axes("half"), (std::vector<std::string>{"unit", "sensor"}));
  EXPECT_EQ(file.integers("a/flag"), (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(file.text_attribute("gain", "units"), "T");
  EXPECT_EQ(file.text_attribute("", "model"), "tiny");
  EXPECT_EQ(file.number_attribute("a", "rate"), 30.5);
  EXPECT_EQ(file.integer_attribute("a/data", "n"), -7);
  EXPECT_EQ(file.groups(""), std::vector<std::string>{"a"});
  std::vector<float> block(2);
  file.read_block("a/data", {0, 1}, {2, 1}, block);
  EXPECT_EQ(block, (std::vector<float>{2, 5}));
}

TEST(Hdf5, EqualContentsGiveEqualBytes) {
  const TemporaryFolder folder;
  write_example(folder / "a.h5");
  sleep(1);  // object times, if they were stored, would differ
  write_example(folder / "b.h5");
  EXPECT_EQ(testing::read_bytes(folder / "a.h5"), testing::read_bytes(folder / "b.h5"));
}

TEST(Hdf5, ReservedValuesAreFilledInFromOutside) {
  const TemporaryFolder folder;
  write_example(folder / "a.h5");
  const int64_t offset = dataset_offset(folder / "a.h5", "half");
  std::string bytes = testing::read_bytes(folder / "a.h5");
  const uint16_t halves[] = {0x3C00, 0xC000, 0x7E00};  // 1, -2, NaN
  bytes.replace(static_cast<std::size_t>(offset),
                sizeof halves,
                reinterpret_cast<const char*>(halves),
                sizeof halves);
  testing::write_bytes(folder / "a.h5", bytes);

  const auto values = Hdf5Reader(folder / "a.h5").floats("half");

  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[1], -2);
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_EQ(values[5], 0);
}

TEST(Hdf5, FailuresNameFileAndObject) {
  const TemporaryFolder folder;
  write_example(folder / "a.h5");
  testing::write_bytes(folder / "text.h5", "no HDF5");
  const Hdf5Reader file(folder / "a.h5");
  std::vector<float> one(1);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { Hdf5Reader r(folder / "text.h5"); }),
                    "text.h5: not an HDF5 file"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { Hdf5Reader r(folder / "no.h5"); }),
                    "no.h5: there is no such file"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.doubles("b/c"); }),
                    "a.h5: there is no dataset b/c"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { file.doubles("sensor"); }), "sensor: not numbers"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { file.integers("gain"); }), "gain: not integers"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.strings("gain"); }), "gain: not text"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.expect_axes("a/data", {"sensor"}); }),
                    "a/data lies on (time, sensor); (sensor) is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData,
                               [&] {
                                 file.read_block("a/data", {2, 0}, {1, 1}, one);
                               }),
                    "a block of (1, 1) at (2, 0) is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.text_attribute("a", "no"); }),
                    "a has no attribute no"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.text_attribute("a", "rate"); }),
                    "attribute rate of a is no text"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { file.groups("x"); }), "there is no group x"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { dataset_offset(folder / "a.h5", "unit"); }),
                    "unit: not a contiguous dataset"));
}

TEST(Hdf5, MistakesOfTheProgramAreCaught) {
  const TemporaryFolder folder;
  Hdf5Writer file(folder / "a.h5");
  file.define_axis("x", 3);
  EXPECT_TRUE(
      holds(message_of(Blame::kProgram, [&] { file.write("v", std::vector<float>{1}, {"x"}); }),
            "v has 1 values, 3 are wanted"));
  EXPECT_TRUE(
      holds(message_of(Blame::kProgram, [&] { file.write("w", std::vector<float>{1}, {"y"}); }),
            "w: there is no axis y"));
  EXPECT_TRUE(holds(message_of(Blame::kProgram, [&] { file.attribute("no", "a", 1.0); }),
                    "there is no no"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { Hdf5Writer other(folder / "x/y.h5"); }),
                    "y.h5: cannot be created"));
}

// A file cut or changed anywhere is refused or gives numbers; it never crashes and never asks for
// much memory.
TEST(Hdf5, SurvivesDamage) {
  const TemporaryFolder folder;
  write_example(folder / "a.h5");
  const std::string whole = testing::read_bytes(folder / "a.h5");
  int refused = 0;
  const auto read_everything = [&] {
    try {
      const Hdf5Reader file(folder / "broken.h5");
      for (const char* name : {"gain", "a/data", "a/flag", "half"}) file.doubles(name);
      file.strings("sensor");
      file.text_attribute("", "model");
      file.axes("a/data");
    } catch (const Error&) {
      ++refused;
    }
  };
  for (std::size_t cut = 0; cut < whole.size(); cut += 97) {
    testing::write_bytes(folder / "broken.h5", whole.substr(0, cut));
    read_everything();
  }
  for (std::size_t at = 0; at < whole.size(); at += 41) {
    std::string changed = whole;
    changed[at] = static_cast<char>(~changed[at]);
    testing::write_bytes(folder / "broken.h5", changed);
    read_everything();
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace lockstep
