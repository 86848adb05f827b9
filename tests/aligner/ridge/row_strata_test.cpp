#include "aligner/ridge/row_strata.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/aligner/ridge/ridge_stress.h"

namespace lockstep {
namespace {

using testing::Data;

TEST(RowStrata, SortsRowsByTheFoldsThatTrainOnThem) {
  Data data;
  data.num_words = 300;
  data.make("strata");
  const TrainingPlan plan = data.plan();

  const RowStrata strata = stratify(plan);

  std::vector<int64_t> sorted = strata.order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t row = 0; row < 300; ++row) {
    EXPECT_EQ(sorted[static_cast<std::size_t>(row)], row);
    EXPECT_EQ(strata.order[static_cast<std::size_t>(strata.place[static_cast<std::size_t>(row)])],
              row);
  }
  for (int64_t fold = 0; fold < 5; ++fold) {
    std::vector<int64_t> rows, expected;
    for (const auto s : strata.of_fold(fold)) {
      EXPECT_EQ(strata.folds(s)[static_cast<std::size_t>(strata.slot(s, fold))], fold);
      for (int64_t place = strata.rows(s).begin; place < strata.rows(s).end; ++place) {
        rows.push_back(strata.order[static_cast<std::size_t>(place)]);
      }
    }
    for (const auto& range : plan.training_rows(fold)) {
      for (int64_t row = range.begin; row < range.end; ++row) expected.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, expected) << fold;
  }
}

TEST(RowStrata, CellsAreThoseOfThePlanByPlace) {
  Data data;
  data.num_words = 300;
  data.blocks_a_fold = 2;
  const TrainingPlan plan = data.plan();

  const RowStrata strata = stratify(plan);

  ASSERT_EQ(strata.cells.size(), plan.cells.size());
  int64_t place = 0;
  for (const auto& cell : strata.cells) {
    EXPECT_EQ(cell.rows.begin, place);
    place = cell.rows.end;
    for (int64_t i = cell.rows.begin; i < cell.rows.end; ++i) {
      const auto& block = plan.block_rows[static_cast<std::size_t>(cell.block)];
      const int64_t row = strata.order[static_cast<std::size_t>(i)];
      EXPECT_TRUE(block.begin <= row && row < block.end) << row;
    }
  }
  EXPECT_EQ(place, 300);
}

TEST(JoinedCells, JoinsSmallNeighboursOfOneStratumAlone) {
  RowStrata strata;
  strata.cells = {{0, 0, {0, 5}},
                  {0, 1, {5, 8}},
                  {0, 2, {8, 9}},
                  {0, 3, {9, 30}},
                  {0, 4, {30, 31}},
                  {1, 0, {31, 33}},
                  {1, 1, {33, 34}}};

  const auto parts = joined_cells(strata, 5);

  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(parts[0].rows, (RowRange{0, 5}));
  EXPECT_EQ(parts[1].rows, (RowRange{5, 9}));
  EXPECT_EQ(parts[1].block, -1);
  EXPECT_EQ(parts[2].rows, (RowRange{9, 30}));
  EXPECT_EQ(parts[3].rows, (RowRange{30, 31}));
  EXPECT_EQ(parts[3].block, 4);
  EXPECT_EQ(parts[4].rows, (RowRange{31, 34}));
  EXPECT_EQ(parts[4].stratum, 1u);
}

}  // namespace
}  // namespace lockstep
