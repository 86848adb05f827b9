// lockstep reduce, as users run it.
#include <gtest/gtest.h>

#include "base/schemas/targets_file.h"
#include "tests/support/messages.h"
#include "tests/support/study_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::Outcome;
using testing::read_bytes;
using testing::StudyFolder;

TEST(Reduce, WritesTargetsWithTheirAncestry) {
  const StudyFolder study;

  const Outcome outcome = study.run(
      {"reduce", "@activations.h5", "--stimuli", "@words", "--pca", "4", "-o", "@targets.h5"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.messages, "reduce: 100 words, 6 taps, 4 components in "));
  const TargetsFile file(study / "targets.h5");
  EXPECT_EQ(file.header().num_components, 4);
  EXPECT_EQ(file.header().fit, "analysed");
  ASSERT_EQ(file.header().provenance.parents.size(), 2u);
  EXPECT_EQ(file.header().provenance.parents[0].label, "activations.h5");
  EXPECT_EQ(file.header().provenance.parents[1].label, "words.tsv");
  EXPECT_EQ(file.header().provenance.options["fit"], "analysed");
}

TEST(Reduce, WritesTheSameBytesWhateverTheThreads) {
  const StudyFolder study;

  study.run({"reduce",
             "@activations.h5",
             "--fit",
             "all",
             "--pca",
             "3",
             "--threads",
             "1",
             "-o",
             "@one.h5"});
  study.run({"reduce",
             "@activations.h5",
             "--fit",
             "all",
             "--pca",
             "3",
             "--threads",
             "3",
             "-o",
             "@three.h5"});

  EXPECT_GT(read_bytes(study / "one.h5").size(), 1000u);
  EXPECT_EQ(read_bytes(study / "one.h5"), read_bytes(study / "three.h5"));
}

TEST(Reduce, MakesControlTargetsFromWords) {
  const StudyFolder study;

  const Outcome random = study.run(
      {"reduce", "--set", "random", "--pca", "7", "--stimuli", "@words", "-o", "@random.h5"});
  const Outcome properties =
      study.run({"reduce", "--set", "properties", "--stimuli", "@words", "-o", "@properties.h5"});

  ASSERT_EQ(random.status, 0) << random.messages;
  ASSERT_EQ(properties.status, 0) << properties.messages;
  EXPECT_EQ(TargetsFile(study / "random.h5").header().num_components, 7);
  EXPECT_EQ(TargetsFile(study / "properties.h5").header().provenance.options["components"][0],
            "log letters");
}

TEST(Reduce, RefusesWhatCannotBeInOneLineAndLeavesNothing) {
  const StudyFolder study;
  const auto refuse = [&study](int status, std::vector<std::string> words, const char* message) {
    words.insert(words.begin(), "reduce");
    words.insert(words.end(), {"-o", "@no.h5"});
    const Outcome outcome = study.run(words);
    EXPECT_EQ(outcome.status, status) << outcome.messages;
    EXPECT_TRUE(holds(outcome.messages, message));
    EXPECT_EQ(std::count(outcome.messages.begin(), outcome.messages.end(), '\n'), 1)
        << outcome.messages;
  };

  refuse(
      2, {}, "reduce: no activations; name a file of lockstep extract, or --set random|properties");
  refuse(
      2, {"@activations.h5"}, "reduce: content words are to be fitted and no --stimuli is given");
  refuse(2,
         {"@activations.h5", "--set", "random", "--stimuli", "@words"},
         "--set random takes no activations, only --stimuli");
  refuse(2, {"--set", "random"}, "reduce: --set random needs --stimuli, the folder of words.tsv");
  refuse(2, {"@activations.h5", "--fit", "some"}, "--fit");
  refuse(2, {"@activations.h5", "--pca", "0"}, "--pca");
  refuse(2, {"@missing.h5"}, "missing.h5");
  refuse(3,
         {"@activations.h5", "--stimuli", "@words", "--pca", "7"},
         "context 1, block 1: 6 units; at least as many as components, 7, are wanted");
  refuse(3, {"@words/words.tsv", "--fit", "all"}, "words.tsv");
  EXPECT_EQ(study.names().size(), 2u);
}

}  // namespace
}  // namespace lockstep
