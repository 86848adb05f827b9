// lockstep import, as users run it: from simulated raw recordings to scores.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/schemas/meg_file.h"
#include "base/schemas/scores_file.h"
#include "tests/support/messages.h"
#include "tests/support/study_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::Outcome;
using testing::read_bytes;
using testing::StudyFolder;

class Import : public ::testing::Test {
 protected:
  Import() {
    study.reduce();
    expect_done({"simulate",
                 "@targets.h5",
                 "--stimuli",
                 "@words",
                 "--sensors-count",
                 "8",
                 "--subjects",
                 "1",
                 "--latency",
                 "0.2:0.4",
                 "--snr",
                 "2",
                 "--format",
                 "ctf",
                 "--rate",
                 "300",
                 "--quiet",
                 "-o",
                 "@raw"});
  }

  Outcome import(std::vector<std::string> words) const {
    words.insert(words.begin(), {"import", "@raw", "--dataset", "armeni2022", "--words", "@words"});
    return study.run(words);
  }

  void expect_done(const std::vector<std::string>& words) const {
    const Outcome outcome = study.run(words);
    ASSERT_EQ(outcome.status, 0) << outcome.messages;
  }

  StudyFolder study;
};

TEST_F(Import, LeadsFromRawRecordingsToScores) {
  const Outcome outcome = import({"-o", "@meg.h5"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.messages, "import: 2 recordings, 8 sensors, in "));
  const MegFile meg(study / "meg.h5");
  ASSERT_EQ(meg.header().recordings.size(), 2u);
  EXPECT_EQ(meg.header().recordings[0].rate_hz(), 30);
  ASSERT_NE(meg.header().truth, nullptr);
  EXPECT_EQ(meg.header().truth->tap_name.size(), 3u);

  expect_done({"align",
               "@meg.h5",
               "@targets.h5",
               "--stimuli",
               "@words",
               "--words",
               "all",
               "--context",
               "1",
               "--times",
               "0:0.5",
               "--quiet",
               "-o",
               "@scores.h5"});
  const ScoresFile scores(study / "scores.h5");
  EXPECT_EQ(scores.header().subjects.size(), 1u);
  ASSERT_NE(scores.header().truth, nullptr);
}

TEST_F(Import, WritesTheSameBytesWhateverTheThreadsAndShards) {
  ASSERT_EQ(import({"--threads", "1", "-o", "@one.h5"}).status, 0);
  ASSERT_EQ(import({"--threads", "3", "-o", "@three.h5"}).status, 0);
  ASSERT_EQ(import({"--shard", "2/2", "-o", "@shards.h5"}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(study / "shards.h5"));
  ASSERT_EQ(import({"--shard", "1/2", "-o", "@shards.h5"}).status, 0);

  EXPECT_GT(read_bytes(study / "one.h5").size(), 100'000u);
  EXPECT_EQ(read_bytes(study / "one.h5"), read_bytes(study / "three.h5"));
  EXPECT_EQ(read_bytes(study / "one.h5"), read_bytes(study / "shards.h5"));
}

TEST_F(Import, SaysWhatIsWrongAndLeavesNothing) {
  const auto refused = [&](std::vector<std::string> more, int status, const std::string& message) {
    more.insert(more.end(), {"-o", "@none.h5"});
    const Outcome outcome = import(more);
    EXPECT_EQ(outcome.status, status) << message;
    EXPECT_TRUE(holds(outcome.messages, message)) << outcome.messages;
    EXPECT_FALSE(std::filesystem::exists(study / "none.h5"));
  };
  refused({"--preset", "best"}, 2, "--preset best");
  refused({"--band", "20:0.1"}, 2, "--band");
  refused({"--rate", "0"}, 2, "--rate");
  refused({"--events", "mine"}, 2, "--events-dialect mine: not known");
  refused({"--subject", "009"}, 2, "009");
  refused({"--sensors", "magnetometers"}, 3, "magnetometer");
  std::filesystem::resize_file(std::filesystem::path(study / "raw") /
                                   "sub-001/ses-001/meg/sub-001_ses-001_task-compr_meg.ds/"
                                   "sub-001_ses-001_task-compr_meg.res4",
                               1000);
  refused({}, 3, "res4");
}

TEST(ImportHelp, ListsDataSetsAndDialects) {
  const StudyFolder study;

  const Outcome listed = study.run({"import", "--list-datasets"});

  EXPECT_EQ(listed.status, 0) << listed.messages;
  for (const char* name : {"armeni2022",
                           "mous",
                           "smn4lang",
                           "littleprince",
                           "libribrain",
                           "meg-masc",
                           "armeni2022-sub-003-ses-008-crash"}) {
    EXPECT_TRUE(holds(listed.output, name)) << name;
  }
}

}  // namespace
}  // namespace lockstep
