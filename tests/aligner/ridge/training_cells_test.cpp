#include "aligner/ridge/training_cells.h"

#include <gtest/gtest.h>

#include "aligner/ridge/alpha_grid.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

TEST(TrainingPlan, SplitsABlockWhereFoldsDifferAndKeepsItOtherwise) {
  const std::vector<int64_t> block = {0, 0, 0, 0, 1, 1};
  const std::vector<int64_t> block_fold = {0, 1};
  //                                    row: 0     1     2     3     4     5
  const std::vector<uint8_t> trains = {0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0};

  const TrainingPlan plan = make_training_plan(block, block_fold, trains, 2);

  ASSERT_EQ(plan.cells.size(), 3u);
  EXPECT_EQ(plan.training_rows(1), (std::vector<RowRange>{{0, 1}, {2, 4}}));
  EXPECT_EQ(plan.training_rows(0), (std::vector<RowRange>{{4, 6}}));
  EXPECT_EQ(plan.num_training(1), 3);
  EXPECT_EQ(plan.num_test(0), 4);
  EXPECT_EQ(plan.test_blocks(0), (std::vector<int64_t>{0}));
  EXPECT_EQ(plan.training_blocks(0), (std::vector<int64_t>{1}));
}

TEST(TrainingPlan, ABlockThatIsNeverTestedTrainsEveryFold) {
  const std::vector<int64_t> block = {0, 1, 1, 2};
  const std::vector<int64_t> block_fold = {0, -1, 1};

  const TrainingPlan plan =
      make_training_plan(block, block_fold, std::vector<uint8_t>{0, 1, 1, 1, 1, 1, 1, 0}, 2);

  EXPECT_EQ(plan.training_blocks(0), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(plan.training_blocks(1), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(plan.num_test(0) + plan.num_test(1), 2);
}

TEST(TrainingPlan, RefusesToTrainOnATestWord) {
  const std::vector<int64_t> block = {0, 1};
  const std::vector<int64_t> block_fold = {0, 1};

  const auto message = message_of(Blame::kProgram, [&] {
    make_training_plan(block, block_fold, std::vector<uint8_t>{0, 1, 1, 1}, 2);
  });

  EXPECT_TRUE(holds(message, "fold 1 trains on row 1, which it tests"));
}

TEST(TrainingPlan, RefusesBlocksOutOfOrder) {
  const std::vector<int64_t> block = {1, 0};
  const std::vector<int64_t> block_fold = {0, 1};

  const auto message = message_of(Blame::kProgram, [&] {
    make_training_plan(block, block_fold, std::vector<uint8_t>{1, 0, 0, 1}, 2);
  });

  EXPECT_TRUE(holds(message, "row 1 has block 0, out of order"));
}

TEST(TrainingPlan, RefusesMarksOfAnotherSize) {
  const std::vector<int64_t> block = {0, 0};

  const auto message = message_of(Blame::kProgram, [&] {
    make_training_plan(block, std::vector<int64_t>{0}, std::vector<uint8_t>{0, 0, 0}, 1);
  });

  EXPECT_TRUE(holds(message, "3 marks for 2 rows and 1 folds"));
}

TEST(AlphaGrid, RangeIsEvenInTheLogarithm) {
  const auto alphas = parse_alphas("1e-4:1e8:13");

  ASSERT_EQ(alphas.size(), 13u);
  EXPECT_DOUBLE_EQ(alphas.front(), 1e-4);
  EXPECT_DOUBLE_EQ(alphas[6], 100);
  EXPECT_DOUBLE_EQ(alphas.back(), 1e8);
}

TEST(AlphaGrid, TakesOneAndSome) {
  EXPECT_EQ(parse_alphas("0.1"), std::vector<double>{0.1});
  EXPECT_EQ(parse_alphas("0.1,1,10"), (std::vector<double>{0.1, 1, 10}));
}

TEST(AlphaGrid, SaysWhatIsWrong) {
  const auto said = [](const std::string& text) {
    return message_of(Blame::kCommandLine, [&] { parse_alphas(text); });
  };

  EXPECT_TRUE(holds(said("0"), "--alphas 0: \"0\" is no penalty; wanted positive numbers"));
  EXPECT_TRUE(holds(said("1,x"), "\"x\" is no penalty"));
  EXPECT_TRUE(holds(said("1:2"), "2 numbers with colons; a range is FIRST:LAST:COUNT"));
  EXPECT_TRUE(holds(said("1:10:1"), "a range of 1 penalties; wanted a whole number from 2"));
  EXPECT_TRUE(holds(said("1:10:2.5"), "a range of 2.5 penalties"));
  EXPECT_TRUE(holds(said("10:1:3"), "comes before"));
  EXPECT_TRUE(holds(said("1,1"), "1 comes before 1; wanted ascending"));
}

}  // namespace
}  // namespace lockstep
