#include "base/schemas/simulation_record.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;
using testing::write_bytes;

SimulationRecord some_record() {
  SimulationRecord record;
  record.truth.tap_name = {"block 1", "final \"norm\""};
  record.truth.depth = {0.1, 1};
  record.truth.latency_s = {0.15, std::nan("")};
  record.truth.reference_s = {1.0 / 3, std::nan("")};
  record.truth.width_s = 0.06;
  record.truth.snr = record.truth.snr_reached = 0.05;
  record.truth.null = "static";
  record.truth.seed = 7;
  record.truth.context = "50";
  record.import_rate_hz = 50;
  record.band_low_hz = 0.5;
  record.band_high_hz = 12;
  record.words_sha256 = "abc";
  record.provenance.label = "raw recordings";
  record.provenance.what = "lockstep simulate";
  return record;
}

TEST(SimulationRecord, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const SimulationRecord written = some_record();
  write_simulation_record(folder / "simulation.json", written);

  const SimulationRecord read = read_simulation_record(folder / "simulation.json");

  EXPECT_EQ(read.truth.tap_name, written.truth.tap_name);
  EXPECT_EQ(read.truth.depth, written.truth.depth);
  EXPECT_EQ(read.truth.latency_s[0], 0.15);
  EXPECT_TRUE(std::isnan(read.truth.latency_s[1]));
  EXPECT_EQ(read.truth.reference_s[0], 1.0 / 3);
  EXPECT_TRUE(std::isnan(read.truth.reference_s[1]));
  EXPECT_EQ(read.truth.width_s, 0.06);
  EXPECT_EQ(read.truth.snr, 0.05);
  EXPECT_EQ(read.truth.snr_reached, 0.05);
  EXPECT_EQ(read.truth.null, "static");
  EXPECT_EQ(read.truth.seed, 7);
  EXPECT_EQ(read.truth.context, "50");
  EXPECT_EQ(read.import_rate_hz, 50);
  EXPECT_EQ(read.band_low_hz, 0.5);
  EXPECT_EQ(read.band_high_hz, 12);
  EXPECT_EQ(read.words_sha256, "abc");
  EXPECT_EQ(read.provenance.to_json(), written.provenance.to_json());
}

TEST(SimulationRecord, IsFoundAboveARecordingUpToFourLevels) {
  const TemporaryFolder folder;
  const auto deep = folder.path() / "sub-001/ses-001/meg/x.ds";
  std::filesystem::create_directories(deep);
  EXPECT_EQ(find_simulation_record(deep), std::nullopt);

  write_simulation_record(folder / "simulation.json", some_record());

  EXPECT_EQ(find_simulation_record(deep), folder / "simulation.json");
  EXPECT_EQ(find_simulation_record(deep.string() + "/"), folder / "simulation.json");
  EXPECT_EQ(find_simulation_record(deep / "deeper.fif"), std::nullopt);
}

TEST(SimulationRecord, RefusesWhatIsNone) {
  const TemporaryFolder folder;
  const auto file = folder / "simulation.json";
  const auto refusal = [&] {
    return message_of(Blame::kData, [&] { (void)read_simulation_record(file); });
  };

  write_bytes(file, "{}");
  EXPECT_TRUE(holds(refusal(), "simulation.json: no layout \"lockstep simulation 1\"; one of"));

  write_simulation_record(file, some_record());
  std::string bytes = read_bytes(file);
  bytes.replace(bytes.find("\"width_s\": 0.06"), 15, "\"width_s\": null");
  write_bytes(file, bytes);
  EXPECT_TRUE(holds(refusal(), "simulation.json.truth.width_s: null; a number is wanted"));

  write_bytes(file, bytes.substr(0, bytes.size() / 2));
  EXPECT_TRUE(holds(refusal(), "simulation.json"));
}

}  // namespace
}  // namespace lockstep
