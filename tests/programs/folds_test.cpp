#include <gtest/gtest.h>

#include <filesystem>

#include "base/schemas/folds_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_in_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::run_lockstep;
using testing::TemporaryFolder;
using testing::write_bytes;

/// A folder with words of the built-in example.
struct Example : TemporaryFolder {
  Example() { run_lockstep(path(), "words --quiet --example -o words"); }
};

TEST(FoldsProgram, HoldsOutWholeChaptersOfTheExample) {
  const Example example;

  const auto run = run_lockstep(example.path(), "folds words --scheme block --k 6 -o folds.tsv");

  EXPECT_EQ(run.status, 0) << run.messages;
  EXPECT_TRUE(holds(run.messages, "folds: scheme block, 6 blocks in 6 folds of "));
  const FoldPlan plan = read_folds(example / "folds.tsv");
  EXPECT_EQ(plan.scheme, "block");
  EXPECT_EQ(plan.block, plan.fold);
  EXPECT_EQ(plan.fold.size(), 1916u);
}

TEST(FoldsProgram, SaysWhenItFallsBack) {
  const Example example;

  const auto run = run_lockstep(example.path(), "folds words --quiet -o folds.tsv");

  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.messages,
            "warning: folds: too few stories (1) for 5 folds: whole blocks are held out instead\n");
  EXPECT_EQ(read_folds(example / "folds.tsv").scheme, "block");
}

TEST(FoldsProgram, ShufflesByTheSeed) {
  const Example example;

  for (const char* arguments : {"--seed 1 -o a.tsv", "--seed 1 -o b.tsv", "--seed 2 -o c.tsv"}) {
    run_lockstep(example.path(), std::string("folds words --scheme shuffled ") + arguments);
  }

  EXPECT_EQ(testing::read_bytes(example / "a.tsv"), testing::read_bytes(example / "b.tsv"));
  EXPECT_NE(read_folds(example / "a.tsv").fold, read_folds(example / "c.tsv").fold);
}

TEST(FoldsProgram, TakesATableAndSaysWhatIsNeverTested) {
  const Example example;
  write_bytes(example / "t.tsv", "story\tblock\tfold\nstory\t1\t0\nstory\t2\t1\n");

  const auto run =
      run_lockstep(example.path(), "folds words --scheme file --table t.tsv -o folds.tsv");

  EXPECT_EQ(run.status, 0) << run.messages;
  EXPECT_TRUE(holds(run.messages, "words are never tested"));
  EXPECT_EQ(read_folds(example / "folds.tsv").num_folds, 2);
}

TEST(FoldsProgram, TakesAPlainText) {
  const TemporaryFolder folder;
  write_bytes(folder / "tale.txt", "One two three four five six.");

  const auto run =
      run_lockstep(folder.path(), "folds tale.txt --scheme contiguous --k 3 -o folds.tsv");

  EXPECT_EQ(run.status, 0) << run.messages;
  EXPECT_EQ(read_folds(folder / "folds.tsv").fold, (std::vector<int64_t>{0, 0, 1, 1, 2, 2}));
}

TEST(FoldsProgram, RefusesWrongCommandLines) {
  const Example example;
  const auto refusal = [&](const std::string& arguments, int status) {
    const auto run = run_lockstep(example.path(), "folds " + arguments);
    EXPECT_EQ(run.status, status) << arguments;
    EXPECT_FALSE(std::filesystem::exists(example / "f.tsv")) << arguments;
    return run.messages;
  };

  EXPECT_EQ(refusal("words --scheme random -o f.tsv", 2),
            "lockstep: folds: scheme \"random\"; one of story, block, contiguous, shuffled, file "
            "is wanted\n");
  EXPECT_EQ(refusal("words --k 1 -o f.tsv", 2), "lockstep: folds: 1 folds; 2 or more are wanted\n");
  EXPECT_EQ(refusal("words --scheme file -o f.tsv", 2),
            "lockstep: folds: scheme file; --table FILE is wanted with it\n");
  EXPECT_TRUE(holds(refusal("words --k five -o f.tsv", 2), "--k"));
  EXPECT_TRUE(holds(refusal("nowhere -o f.tsv", 3), "nowhere: there is no such file"));
  EXPECT_TRUE(holds(refusal("-o f.tsv", 2), "words is required"));
}

}  // namespace
}  // namespace lockstep
