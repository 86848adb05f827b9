#include "aligner/import/write_import.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/recordings.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::golden_recording;
using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;

ImportInputs two_recordings() {
  ImportInputs inputs;
  for (const char* name : {"tiny", "graded"}) {
    RecordingFiles files;
    files.name = name;
    files.recording = golden_recording(std::string(name) + ".ds");
    inputs.recordings.push_back(files);
  }
  return inputs;
}

TEST(WriteImport, GivesTheSameBytesForThreadsAndShards) {
  const TemporaryFolder folder;
  const ImportPlan plan = plan_import(two_recordings(), import_settings({}));

  EXPECT_TRUE(write_import(plan, {folder / "one.h5", {}, 1}));
  EXPECT_TRUE(write_import(plan, {folder / "many.h5", {}, 4}));
  EXPECT_FALSE(write_import(plan, {folder / "shards.h5", Shard{2, 2}, 1}));
  EXPECT_FALSE(std::filesystem::exists(folder / "shards.h5"));
  EXPECT_TRUE(write_import(plan, {folder / "shards.h5", Shard{1, 2}, 2}));

  EXPECT_EQ(read_bytes(folder / "many.h5"), read_bytes(folder / "one.h5"));
  EXPECT_EQ(read_bytes(folder / "shards.h5"), read_bytes(folder / "one.h5"));
}

TEST(WriteImport, StoresWhatTheStepsGive) {
  const TemporaryFolder folder;
  const ImportPlan plan = plan_import(two_recordings(), import_settings({.preset = "mne"}));
  write_import(plan, {folder / "m.h5", {}, 2});

  const MegFile file(folder / "m.h5");

  const auto raw = open_planned(plan.recordings[0].files, plan.settings, plan.open);
  const SignalSteps& steps = plan.recordings[0].steps;
  const std::size_t channel[] = {plan.recordings[0].channels[1]};
  const auto expected = take_steps(raw->read(channel, {0, steps.num_samples}), steps);
  ASSERT_EQ(file.header().recordings[1].name, "tiny");  // groups are in alphabetical order
  const auto data = file.read(1);
  const std::size_t num_sensors = file.header().sensors.size();
  for (std::size_t row = 0; row < expected.size(); ++row) {
    EXPECT_EQ(data[row * num_sensors + 1], static_cast<float>(expected[row])) << "row " << row;
  }
  EXPECT_GT(file.header().recordings[0].time_error_ms, 1);
}

TEST(PlanImport, RefusesTwoOfAName) {
  ImportInputs inputs = two_recordings();
  inputs.recordings[1].name = "tiny";

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { plan_import(inputs, import_settings({})); }),
                    "a second recording of the name tiny; names that differ are wanted"));
}

TEST(PlanImport, RefusesAGroupThatIsNotThere) {
  EXPECT_TRUE(holds(message_of(Blame::kData,
                               [] {
                                 plan_import(two_recordings(),
                                             import_settings({.sensors = "magnetometers"}));
                               }),
                    "tiny: no channel of --sensors magnetometers; it has"));
  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine,
                       [] { plan_import(two_recordings(), import_settings({.sensors = "x"})); }),
            "--sensors x: \"x\" is unknown"));
}

}  // namespace
}  // namespace lockstep
