// lockstep simulate, as users run it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/schemas/meg_file.h"
#include "tests/support/messages.h"
#include "tests/support/study_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::Outcome;
using testing::read_bytes;
using testing::StudyFolder;

class Simulate : public ::testing::Test {
 protected:
  Simulate() { study.reduce(); }

  Outcome simulate(std::vector<std::string> words) const {
    words.insert(words.begin(),
                 {"simulate",
                  "@targets.h5",
                  "--stimuli",
                  "@words",
                  "--sensors-count",
                  "8",
                  "--subjects",
                  "1"});
    return study.run(words);
  }

  StudyFolder study;
};

TEST_F(Simulate, WritesRecordingsWithTheirTruth) {
  const Outcome outcome = simulate({"--latency", "0.2:0.4", "--verbose", "-o", "@meg.h5"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(
      holds(outcome.messages,
            "simulate: 2 recordings of 1 subjects, 8 sensors (3 bad), 100 words heard, in "));
  EXPECT_TRUE(
      holds(outcome.messages, "simulate: at 30 samples a second 0.1 to 15 Hz remain of the band"));
  EXPECT_TRUE(holds(outcome.messages, "simulate: block 1: planted 200 ms, peak of the mixture "));
  const MegFile file(study / "meg.h5");
  ASSERT_NE(file.header().truth, nullptr);
  EXPECT_EQ(file.header().truth->context, "3");
  EXPECT_EQ(file.header().truth->tap_name.size(), 3u);
  EXPECT_EQ(file.header().provenance.parents.size(), 2u);
  EXPECT_EQ(file.header().provenance.options["null"], "none");
}

TEST_F(Simulate, WritesTheSameBytesWhateverTheThreads) {
  simulate({"--threads", "1", "-o", "@one.h5"});
  simulate({"--threads", "3", "-o", "@three.h5"});
  simulate({"--seed", "1", "-o", "@other.h5"});

  EXPECT_GT(read_bytes(study / "one.h5").size(), 1000u);
  EXPECT_EQ(read_bytes(study / "one.h5"), read_bytes(study / "three.h5"));
  EXPECT_NE(read_bytes(study / "one.h5"), read_bytes(study / "other.h5"));
}

TEST_F(Simulate, WritesRawRecordings) {
  const Outcome outcome =
      simulate({"--format", "ctf", "--rate", "300", "--split", "1", "-o", "@raw"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  const std::string stem = "sub-001_ses-002_task-compr_meg";
  const auto ds = std::filesystem::path(study / "raw") / "sub-001/ses-002/meg" / (stem + ".ds");
  EXPECT_LE(std::filesystem::file_size(ds / (stem + ".meg4")), 1'000'000u);
  EXPECT_TRUE(std::filesystem::exists(ds / (stem + ".1_meg4")));
  const Outcome inspected = study.run({"inspect", ds.string()});
  EXPECT_EQ(inspected.status, 0) << inspected.messages;
  EXPECT_TRUE(holds(inspected.output, "CTF recording of 8 MEG sensors, 40 channels"));
  EXPECT_TRUE(holds(inspected.output, "300 Hz"));
}

TEST_F(Simulate, OpensInXarray) {
  ASSERT_EQ(simulate({"-o", "@meg.h5"}).status, 0);
  const char* chosen = std::getenv("LOCKSTEP_PYTHON");
  const std::string own = LOCKSTEP_SOURCE_DIR "/.venv/bin/python";
  const std::string python = chosen != nullptr              ? chosen
                             : std::filesystem::exists(own) ? own
                                                            : "/usr/bin/python3";
  const std::string script =
      "import sys, warnings\n"
      "try:\n"
      "  import h5netcdf, xarray\n"
      "except ImportError:\n"
      "  sys.exit(77)\n"
      "warnings.simplefilter('error')\n"
      "tree = xarray.open_datatree(sys.argv[1], engine='h5netcdf')\n"
      "data = tree['recordings/sub-001_ses-001/data']\n"
      "assert data.dims == ('time', 'sensor') and data.sizes['sensor'] == 8, data\n"
      "assert abs(float(data.time[30] - data.time[0]) - 1) < 1e-12\n"
      "assert tree['truth/latency'].shape == (3,), tree['truth']\n"
      "assert int(tree['bad'].sum()) == 3\n";

  const Outcome outcome = testing::run_program({python, "-c", script, study / "meg.h5"});

  if (outcome.status == 77) GTEST_SKIP() << "no xarray";
  EXPECT_EQ(outcome.status, 0) << outcome.messages;
}

TEST_F(Simulate, RefusesWhatCannotBeInOneLineAndLeavesNothing) {
  const auto refuse = [this](int status, std::vector<std::string> words, const char* message) {
    words.insert(words.end(), {"-o", "@no.h5"});
    const Outcome outcome = simulate(words);
    EXPECT_EQ(outcome.status, status) << outcome.messages;
    EXPECT_TRUE(holds(outcome.messages, message));
    EXPECT_EQ(std::count(outcome.messages.begin(), outcome.messages.end(), '\n'), 1)
        << outcome.messages;
  };

  refuse(2,
         {"--latency", "0.15"},
         "--latency: 0.15; two numbers with a colon between them are wanted, as in 0.15:0.55");
  refuse(2, {"--latency", "0.15:x"}, "--latency: 0.15:x; two numbers");
  refuse(2, {"--band", "nan:20"}, "--band: nan:20; two numbers");
  refuse(2, {"--snr", "0"}, "simulate: --snr: 0; a number above 0, at most 1e6 is wanted");
  refuse(2, {"--plant-context", "50"}, "simulate: --plant-context: 50; the targets have 1, 3");
  refuse(2, {"--format", "fif"}, "--format");
  refuse(2,
         {"--format", "ctf", "--rate", "99"},
         "simulate: --rate: 99; 100 to 20000 samples a second are wanted for ctf");
  refuse(2, {"--format", "ctf", "--split", "0"}, "--split: 0; 1 to 2000 MB are wanted");
  refuse(2, {"--null", "some"}, "--null");
  EXPECT_EQ(study.names().size(), 3u);

  std::filesystem::create_directory(study / "there");
  const Outcome outcome = simulate({"--format", "ctf", "-o", "@there"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(holds(outcome.messages, "there: exists; the name of a new folder is wanted"));
}

TEST_F(Simulate, RefusesWordsOfAnotherStudy) {
  std::filesystem::create_directory(study / "others");
  testing::small_words(study / "others", 70, 35);

  const Outcome outcome =
      study.run({"simulate", "@targets.h5", "--stimuli", "@others", "-o", "@no.h5"});

  EXPECT_EQ(outcome.status, 3);
  EXPECT_TRUE(holds(outcome.messages, "both must come from one words.tsv"));
}

}  // namespace
}  // namespace lockstep
