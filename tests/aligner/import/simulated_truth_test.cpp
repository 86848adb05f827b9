#include "aligner/import/simulated_truth.h"

#include <gtest/gtest.h>

#include "base/schemas/simulation_record.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;

/// Two simulated data sets, one/ and two/, and a recording beside them.
struct SimulatedTruths : ::testing::Test {
  SimulatedTruths() {
    record.truth.tap_name = {"block 1"};
    record.truth.depth = {0.5};
    record.truth.latency_s = {0.2};
    record.truth.reference_s = {0.21};
    record.words_sha256 = "words";
    record.provenance.what = "lockstep simulate";
    for (const char* name : {"one", "two"}) {
      std::filesystem::create_directories(folder / name / "sub-001/ses-001/meg");
      write_simulation_record(folder / name / "simulation.json", record);
    }
    settings.rate = SamplingRate{30, 1};
  }

  std::vector<RecordingFiles> at(const std::vector<std::string>& places) const {
    std::vector<RecordingFiles> recordings;
    for (const std::string& place : places) {
      RecordingFiles files;
      files.recording = folder / place;
      recordings.push_back(files);
    }
    return recordings;
  }

  testing::TemporaryFolder folder;
  SimulationRecord record;
  ImportSettings settings;
  const std::string first = "one/sub-001/ses-001/meg/a.ds";
};

TEST_F(SimulatedTruths, AreCarriedOverWhereTheyHold) {
  const SimulatedTruth found = simulated_truth(at({first, first}), settings, "words");

  ASSERT_NE(found.truth, nullptr);
  EXPECT_EQ(found.truth->latency_s, record.truth.latency_s);
  ASSERT_EQ(found.parents.size(), 1u);
  EXPECT_EQ(found.parents[0].what, "lockstep simulate");
  EXPECT_TRUE(found.notes.empty());
}

TEST_F(SimulatedTruths, AreNothingForRealRecordings) {
  const SimulatedTruth found = simulated_truth(at({"real.ds"}), settings, "words");

  EXPECT_EQ(found.truth, nullptr);
  EXPECT_TRUE(found.parents.empty());
  EXPECT_TRUE(found.notes.empty());
}

TEST_F(SimulatedTruths, AreLeftOutForOtherWordsBandsAndRates) {
  const SimulatedTruth words = simulated_truth(at({first}), settings, "others");
  settings.band.high_hz = 40;
  const SimulatedTruth band = simulated_truth(at({first}), settings, "words");
  settings.band.high_hz = 20;
  settings.rate = SamplingRate{50, 1};
  const SimulatedTruth rate = simulated_truth(at({first}), settings, "words");
  settings.rate.reset();
  const SimulatedTruth as_recorded = simulated_truth(at({first}), settings, "words");

  for (const SimulatedTruth* found : {&words, &band, &rate, &as_recorded}) {
    EXPECT_EQ(found->truth, nullptr);
    ASSERT_EQ(found->notes.size(), 1u);
    EXPECT_EQ(found->parents.size(), 1u);
  }
  EXPECT_TRUE(holds(words.notes[0], "simulated from other words: their truth is left out"));
  EXPECT_TRUE(holds(band.notes[0], "an import to 30 samples a second and 0.1 to 20 Hz"));
  EXPECT_TRUE(holds(rate.notes[0], "an import to 30 samples a second and 0.1 to 20 Hz"));
}

TEST_F(SimulatedTruths, AreLeftOutWhereRecordingsAreOfSeveralOrNone) {
  const SimulatedTruth several =
      simulated_truth(at({first, "two/sub-001/ses-001/meg/a.ds"}), settings, "words");
  const SimulatedTruth mixed = simulated_truth(at({first, "real.ds"}), settings, "words");

  EXPECT_EQ(several.truth, nullptr);
  EXPECT_EQ(several.notes,
            std::vector<std::string>{
                "2 of 2 recordings are simulated, by 2 simulations: their truth is left out"});
  EXPECT_EQ(mixed.notes,
            std::vector<std::string>{
                "1 of 2 recordings are simulated, by 1 simulations: their truth is left out"});
}

}  // namespace
}  // namespace lockstep
