// lockstep align as a user runs it: outputs, exit statuses, messages, and being killed.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/schemas/scores_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_program.h"
#include "tests/support/tiny_study.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::Outcome;
using testing::program;
using testing::read_bytes;
using testing::run_program;
using testing::RunningProgram;
using testing::TinyStudy;

class AlignProgram : public ::testing::Test {
 protected:
  AlignProgram() {
    study_.words_a_block = 100;
    study_.num_components = 10;
    study_.num_sensors = 12;
    study_.make();
    study_.write();
  }

  std::vector<std::string> command(const std::string& output,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {program("lockstep"),
                                      "align",
                                      study_.meg_path(),
                                      study_.targets_path(),
                                      "--stimuli",
                                      study_.stimuli(),
                                      "-o",
                                      study_.folder / output,
                                      "--words",
                                      "all"};
    words.insert(words.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--folds") == more.end() &&
        std::find(more.begin(), more.end(), "paper") == more.end()) {
      words.insert(words.end(), {"--folds", "block:5"});
    }
    return words;
  }
  Outcome run(const std::string& output, const std::vector<std::string>& more = {}) const {
    return run_program(command(output, more));
  }

  void expect_refused(const std::vector<std::string>& more,
                      int status,
                      const std::string& message) const {
    const Outcome outcome = run("a.h5", more);
    EXPECT_EQ(outcome.status, status) << outcome.messages;
    EXPECT_TRUE(holds(outcome.messages, message));
    EXPECT_EQ(std::count(outcome.messages.begin(), outcome.messages.end(), '\n'), 1)
        << outcome.messages;
    EXPECT_FALSE(fs::exists(study_.folder / "a.h5"));
    EXPECT_FALSE(fs::exists(study_.folder / "a.h5.partial"));
  }

  TinyStudy study_;
};

TEST_F(AlignProgram, SaysWhatItDoesAndWritesAFileThatItsReaderAccepts) {
  const Outcome outcome = run("a.h5", {"--times", "0:0.1", "--preset", "paper"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_EQ(outcome.output, "");
  EXPECT_TRUE(
      holds(outcome.messages, "preset paper: folds shuffled (5 folds, 5 blocks), embargo 0 s"));
  EXPECT_TRUE(holds(outcome.messages, "alphas 1e-4:1e8:13 by loo, scale all"));
  EXPECT_TRUE(
      holds(outcome.messages, "times 0 to 0.1 s, 4 samples at 30 Hz; 12 sensors; 2 subjects"));
  EXPECT_TRUE(holds(outcome.messages, "words: 500 rows, 500 with text, 497 analysed"));
  EXPECT_TRUE(holds(outcome.messages, "  - 3  context 4 not available"));
  EXPECT_TRUE(holds(outcome.messages, "warning: shuffled folds"));
  EXPECT_EQ(ScoresFile(study_.folder / "a.h5").header().times_s.size(), 4U);
  EXPECT_FALSE(fs::exists(study_.folder / "a.h5.journal"));
  EXPECT_FALSE(fs::exists(study_.folder / "a.h5.partial"));
}

TEST_F(AlignProgram, OptionsWinOverThePreset) {
  const Outcome outcome =
      run("a.h5", {"--times", "0", "--preset", "paper", "--scale", "train", "--folds", "block:4"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.messages, "preset paper: folds block (4 folds, 5 blocks)"));
  EXPECT_TRUE(holds(outcome.messages, "by loo, scale train"));
}

TEST_F(AlignProgram, VerboseNamesTheKernelOfOpenBlas) {
  const Outcome outcome = run("a.h5", {"--times", "0", "--verbose"});

  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(holds(outcome.messages, "OpenBLAS kernel: "));
}

TEST_F(AlignProgram, RefusesInOneLine) {
  expect_refused({"--preset", "fast"}, 2, "--preset fast: unknown; wanted paper, strict, legacy");
  expect_refused({"--shard", "3/2"}, 2, "3/2");
  expect_refused({"--where", "onset >"}, 2, "position 8: the expression ends");
  expect_refused({"--folds", "shuffled:1"}, 2, "1");
  expect_refused({"--alphas", "-1"}, 2, "--alphas -1: \"-1\" is no penalty");
  expect_refused({"--null-draws", "-1"}, 2, "--null-draws -1");
  expect_refused({"--memory", "lots"}, 2, "--memory lots: wanted auto, or a size such as 4G");
  expect_refused({"-o", "b.h5"}, 2, "1 target files and 2 outputs; wanted one -o a file");
}

TEST_F(AlignProgram, RefusesInputsThatAreCutSwappedOrMissing) {
  const std::string meg = read_bytes(study_.meg_path());
  testing::write_bytes(study_.meg_path(), meg.substr(0, 1000));
  expect_refused({}, 3, "meg.h5");
  fs::remove(study_.meg_path());
  expect_refused({}, 3, "meg.h5");
  fs::copy(study_.targets_path(), study_.meg_path());
  expect_refused({}, 3, "meg.h5");
}

int64_t lines_in(const fs::path& file) {
  const std::string bytes = read_bytes(file);
  return std::count(bytes.begin(), bytes.end(), '\n');
}

/// Kills the program when its journal has so many lines; false if it ended before.
bool kill_after(RunningProgram& running, const fs::path& journal, int64_t lines) {
  for (int tries = 0; tries < 60000; ++tries) {
    if (lines == 0 ? fs::exists(journal) : lines_in(journal) >= lines) {
      running.kill();
      return running.wait().status == -1;
    }
    if (::kill(running.process(), 0) != 0) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ADD_FAILURE() << journal << " did not grow to " << lines << " lines";
  return false;
}

TEST_F(AlignProgram, SurvivesBeingKilledAtAnyMoment) {
  const std::vector<std::string> options = {"--times", "-1:2", "--null-draws", "1000"};
  ASSERT_EQ(run("whole.h5", options).status, 0);
  const auto journal = study_.folder / "a.h5.journal";

  for (const int64_t lines : {0, 2, 4, 11, 26}) {
    auto words = command("a.h5", options);
    words.insert(words.end(), {"--threads", lines % 4 == 0 ? "1" : "2"});
    RunningProgram running(words);
    ASSERT_TRUE(kill_after(running, journal, lines)) << lines;
    EXPECT_FALSE(fs::exists(study_.folder / "a.h5")) << lines;
  }
  const auto done = lines_in(journal) - 1;
  const Outcome last = run("a.h5", options);

  EXPECT_GE(done, 25);
  ASSERT_EQ(last.status, 0) << last.messages;
  EXPECT_TRUE(holds(last.messages, text("{} of 46 parts were done before", done)));
  EXPECT_EQ(read_bytes(study_.folder / "a.h5"), read_bytes(study_.folder / "whole.h5"));
  EXPECT_FALSE(fs::exists(journal));
}

TEST_F(AlignProgram, DoesNotContinueWorkOfOtherOptions) {
  RunningProgram running(command("a.h5", {"--times", "-1:2", "--null-draws", "1000"}));
  ASSERT_TRUE(kill_after(running, study_.folder / "a.h5.journal", 3));

  const Outcome outcome = run("a.h5", {"--times", "-1:2", "--null-draws", "1000", "--seed", "1"});

  EXPECT_EQ(outcome.status, 3);
  EXPECT_FALSE(fs::exists(study_.folder / "a.h5"));
}

TEST_F(AlignProgram, TheLastShardFinishesTheFile) {
  ASSERT_EQ(run("whole.h5", {"--times", "0:1"}).status, 0);

  const Outcome first = run("a.h5", {"--times", "0:1", "--shard", "2/2"});
  EXPECT_TRUE(holds(first.messages, "shard 2/2 is done; the file is whole when the others are"));
  EXPECT_EQ(run("a.h5", {"--times", "0:1", "--shard", "1/2"}).status, 0);

  EXPECT_EQ(read_bytes(study_.folder / "a.h5"), read_bytes(study_.folder / "whole.h5"));
}

}  // namespace
}  // namespace lockstep
