#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// Half-open stretch of rows.
struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const RowRange&) const = default;
};

/// Rows of one block that are trained on by the same folds: the unit of every sum. The training
/// words of a fold, or of a fold without one of its blocks, are a union of cells, so their
/// statistics are sums of the cells' statistics.
struct TrainingCell {
  int64_t block = 0;
  std::vector<uint8_t> trains;  ///< by fold: 1 if the fold trains on these rows
  std::vector<RowRange> rows;
};

/// Which rows each fold trains on and tests. Rows are the analysed words, ordered by block, then by
/// time.
struct TrainingPlan {
  int64_t num_rows = 0;
  int64_t num_folds = 0;
  std::vector<int64_t> block_fold;   ///< by block: the fold that tests it; -1: never tested
  std::vector<RowRange> block_rows;  ///< by block
  std::vector<TrainingCell> cells;

  int64_t num_training(int64_t fold) const;
  int64_t num_test(int64_t fold) const;
  /// Rows that the fold trains on, as few stretches as possible, ascending.
  std::vector<RowRange> training_rows(int64_t fold) const;
  /// Blocks with at least one row that the fold trains on, ascending.
  std::vector<int64_t> training_blocks(int64_t fold) const;
  /// Blocks that the fold tests and that have rows, ascending.
  std::vector<int64_t> test_blocks(int64_t fold) const;
};

/// `row_block` must not descend; `trains` is row x fold, 1 where the fold trains on the row, and
/// must be 0 wherever the fold tests the row. Throws Error(kProgram) otherwise.
TrainingPlan make_training_plan(std::span<const int64_t> row_block,
                                std::span<const int64_t> block_fold,
                                std::span<const uint8_t> trains,
                                int64_t num_folds);

}  // namespace lockstep
