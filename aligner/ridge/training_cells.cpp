#include "aligner/ridge/training_cells.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"

namespace lockstep {
namespace {

void check(std::span<const int64_t> row_block,
           std::span<const int64_t> block_fold,
           std::span<const uint8_t> trains,
           int64_t num_folds) {
  if (trains.size() != row_block.size() * static_cast<std::size_t>(num_folds)) {
    fail(Blame::kProgram,
         "training plan: {} marks for {} rows and {} folds",
         trains.size(),
         row_block.size(),
         num_folds);
  }
  for (std::size_t row = 0; row < row_block.size(); ++row) {
    const int64_t block = row_block[row];
    if (block < 0 || block >= std::ssize(block_fold) || (row > 0 && block < row_block[row - 1])) {
      fail(Blame::kProgram, "training plan: row {} has block {}, out of order", row, block);
    }
    const int64_t fold = block_fold[static_cast<std::size_t>(block)];
    if (fold >= 0 &&
        trains[row * static_cast<std::size_t>(num_folds) + static_cast<std::size_t>(fold)] != 0) {
      fail(Blame::kProgram, "training plan: fold {} trains on row {}, which it tests", fold, row);
    }
  }
}

void append(std::vector<RowRange>& ranges, RowRange next) {
  if (!ranges.empty() && ranges.back().end == next.begin) {
    ranges.back().end = next.end;
  } else {
    ranges.push_back(next);
  }
}

}  // namespace

int64_t TrainingPlan::num_training(int64_t fold) const {
  int64_t count = 0;
  for (const auto& range : training_rows(fold)) count += range.size();
  return count;
}

int64_t TrainingPlan::num_test(int64_t fold) const {
  int64_t count = 0;
  for (const int64_t block : test_blocks(fold)) {
    count += block_rows[static_cast<std::size_t>(block)].size();
  }
  return count;
}

std::vector<RowRange> TrainingPlan::training_rows(int64_t fold) const {
  std::vector<RowRange> pieces;
  for (const auto& cell : cells) {
    if (cell.trains[static_cast<std::size_t>(fold)] == 0) continue;
    pieces.insert(pieces.end(), cell.rows.begin(), cell.rows.end());
  }
  std::sort(pieces.begin(), pieces.end(), [](const RowRange& a, const RowRange& b) {
    return a.begin < b.begin;
  });
  std::vector<RowRange> ranges;
  for (const auto& piece : pieces) append(ranges, piece);
  return ranges;
}

std::vector<int64_t> TrainingPlan::training_blocks(int64_t fold) const {
  std::vector<int64_t> blocks;
  for (const auto& cell : cells) {  // cells are in the order of their blocks
    if (cell.trains[static_cast<std::size_t>(fold)] == 0) continue;
    if (blocks.empty() || blocks.back() != cell.block) blocks.push_back(cell.block);
  }
  return blocks;
}

std::vector<int64_t> TrainingPlan::test_blocks(int64_t fold) const {
  std::vector<int64_t> blocks;
  for (std::size_t block = 0; block < block_fold.size(); ++block) {
    if (block_fold[block] == fold && block_rows[block].size() > 0) {
      blocks.push_back(static_cast<int64_t>(block));
    }
  }
  return blocks;
}

TrainingPlan make_training_plan(std::span<const int64_t> row_block,
                                std::span<const int64_t> block_fold,
                                std::span<const uint8_t> trains,
                                int64_t num_folds) {
  check(row_block, block_fold, trains, num_folds);
  TrainingPlan plan;
  plan.num_rows = std::ssize(row_block);
  plan.num_folds = num_folds;
  plan.block_fold.assign(block_fold.begin(), block_fold.end());
  plan.block_rows.resize(block_fold.size());
  std::map<std::pair<int64_t, std::vector<uint8_t>>, std::vector<RowRange>> cells;
  for (int64_t row = 0; row < plan.num_rows; ++row) {
    const int64_t block = row_block[static_cast<std::size_t>(row)];
    auto& whole = plan.block_rows[static_cast<std::size_t>(block)];
    if (whole.size() == 0) whole = {row, row};
    whole.end = row + 1;
    const auto marks = trains.subspan(static_cast<std::size_t>(row * num_folds),
                                      static_cast<std::size_t>(num_folds));
    append(cells[{block, std::vector<uint8_t>(marks.begin(), marks.end())}], {row, row + 1});
  }
  for (auto& [name, rows] : cells) {
    plan.cells.push_back({name.first, name.second, std::move(rows)});
  }
  return plan;
}

}  // namespace lockstep
