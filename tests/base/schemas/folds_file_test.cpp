#include "base/schemas/folds_file.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

std::string refusal(const std::string& lines) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "folds.tsv", "word\tblock\tfold\n" + lines);
  return message_of(Blame::kData, [&] { read_folds(folder / "folds.tsv"); });
}

TEST(FoldsFile, RoundTrips) {
  const TemporaryFolder folder;
  FoldPlan plan;
  plan.scheme = "block";
  plan.words_sha256 = "abc";
  plan.block = {0, 0, 1, 2};
  plan.fold = {0, 0, 1, -1};
  plan.provenance.what = "lockstep folds";
  write_folds(plan, folder / "folds.tsv");

  const FoldPlan back = read_folds(folder / "folds.tsv");

  EXPECT_EQ(back.block, plan.block);
  EXPECT_EQ(back.fold, plan.fold);
  EXPECT_EQ(back.num_blocks, 3);
  EXPECT_EQ(back.num_folds, 2);
  EXPECT_EQ(back.scheme, "block");
  EXPECT_EQ(back.words_sha256, "abc");
  EXPECT_EQ(back.fold_of_block(2), -1);
  EXPECT_EQ(back.sha256, sha256_of(testing::read_bytes(folder / "folds.tsv")));
}

TEST(FoldsFile, EveryFaultIsNamedWithItsPlace) {
  EXPECT_TRUE(holds(refusal("1\t0\t0\n"), "folds.tsv:2: word: \"1\"; 0 is wanted"));
  EXPECT_TRUE(holds(refusal("0\t0\t0\n1\t0\t1\n"),
                    "fold: \"1\"; 0 is wanted, as for the other words of block 0"));
  EXPECT_TRUE(holds(refusal("0\t1\t0\n1\t1\t0\n"), "block 0 has no words"));
  EXPECT_TRUE(holds(refusal("0\t0\t1\n1\t0\t1\n"), "fold 0 has no words"));
  EXPECT_TRUE(holds(refusal("0\t-1\t0\n"), "a number from 0 is wanted"));
  EXPECT_TRUE(holds(refusal("0\t0\t-2\n"), "a number from -1 is wanted"));
  EXPECT_TRUE(holds(refusal("0\t9999999\t0\n"), "a number from 0 is wanted"));
}

}  // namespace
}  // namespace lockstep
