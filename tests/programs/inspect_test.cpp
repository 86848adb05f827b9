// lockstep inspect as a user runs it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/messages.h"
#include "tests/support/run_program.h"
#include "tests/support/synthetic_scores.h"

namespace lockstep {
namespace {

using testing::fill;
using testing::holds;
using testing::Outcome;
using testing::program;
using testing::run_program;
using testing::SyntheticScores;
using testing::TemporaryFolder;
using testing::write_bytes;

struct InspectCommand : ::testing::Test {
  TemporaryFolder folder;
  std::string scores = (folder / "scores.h5").string();
  void SetUp() override { SyntheticScores{.num_taps = 2}.write(scores); }
  Outcome inspect(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {program("lockstep"), "inspect"});
    return run_program(arguments);
  }
};

TEST_F(InspectCommand, PrintsWordsOrJson) {
  const Outcome words = inspect({scores});
  const Outcome json = inspect({scores, "--json"});

  EXPECT_EQ(words.status, 0) << words.messages;
  EXPECT_TRUE(holds(words.output, "scores.h5: scores of decoding"));
  EXPECT_EQ(nlohmann::json::parse(json.output)["kind"], "scores");
}

TEST_F(InspectCommand, VerifiesAndFailsWithWhatIsWrong) {
  EXPECT_EQ(inspect({scores, "--verify"}).status, 0);
  fill(scores, "score", std::vector<float>{2});

  const Outcome outcome = inspect({scores, "--verify"});

  EXPECT_EQ(outcome.status, 3);
  EXPECT_TRUE(holds(outcome.output, "FAILED  scores lie between -1 and 1: "));
  EXPECT_TRUE(holds(outcome.messages, "scores.h5: "));
}

TEST_F(InspectCommand, DescribesRecordings) {
  const std::filesystem::path golden =
      std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/recordings";

  const Outcome words = inspect({(golden / "tiny.ds").string(), "--verify"});
  const Outcome json = inspect({(golden / "parts_raw.fif").string(), "--json"});
  const Outcome ignored = inspect({(golden / "graded.ds").string(), "--ignore-clock", "--json"});

  EXPECT_EQ(words.status, 0) << words.messages;
  EXPECT_TRUE(holds(words.output, "tiny.ds: CTF recording of 3 MEG sensors"));
  EXPECT_TRUE(holds(words.output, "ok      every sample is a finite number: all of 11 channels"));
  EXPECT_EQ(nlohmann::json::parse(json.output)["samples"], 73);
  EXPECT_EQ(nlohmann::json::parse(ignored.output)["samples"], 150);
}

TEST_F(InspectCommand, RefusesWhatIsOnlyCalledARecording) {
  write_bytes(folder / "x_raw.fif", "hello");

  const Outcome outcome = inspect({(folder / "x_raw.fif").string()});

  EXPECT_EQ(outcome.status, 3);
  EXPECT_TRUE(
      holds(outcome.messages, "x_raw.fif: no recording that is known; a CTF folder (.ds), FIF, "));
}

TEST_F(InspectCommand, AsksNoRecordingWhoMadeIt) {
  const auto tiny = std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/recordings/tiny.ds";

  const Outcome outcome = inspect({tiny.string(), "--made-from", scores});

  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(holds(outcome.messages, "tiny.ds is a recording; a file of lockstep is wanted"));
}

TEST_F(InspectCommand, RefusesOtherFiles) {
  write_bytes(folder / "notes.txt", "hello");

  const Outcome outcome = inspect({(folder / "notes.txt").string()});

  EXPECT_EQ(outcome.status, 3);
  EXPECT_TRUE(outcome.output.empty());
  EXPECT_TRUE(holds(outcome.messages, "notes.txt: begins with none of our marks; looked for "));
  EXPECT_TRUE(holds(outcome.messages,
                    "scores.h5; for a recording: a CTF folder (.ds), FIF, meg.h5 of lockstep, "
                    "LibriBrain's HDF5 or .npy with a .tsv beside it"));
  EXPECT_EQ(inspect({}).status, 2);
}

}  // namespace
}  // namespace lockstep
