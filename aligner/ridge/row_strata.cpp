#include "aligner/ridge/row_strata.h"

#include <algorithm>
#include <map>

namespace lockstep {

int64_t RowStrata::slot(std::size_t stratum, int64_t fold) const {
  const auto& trains = strata[stratum].trains;
  return std::count(trains.begin(), trains.begin() + fold, uint8_t{1});
}

std::vector<int64_t> RowStrata::folds(std::size_t stratum) const {
  std::vector<int64_t> all;
  const auto& trains = strata[stratum].trains;
  for (std::size_t fold = 0; fold < trains.size(); ++fold) {
    if (trains[fold] != 0) all.push_back(static_cast<int64_t>(fold));
  }
  return all;
}

std::vector<std::size_t> RowStrata::of_fold(int64_t fold) const {
  std::vector<std::size_t> all;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    if (strata[s].trains[static_cast<std::size_t>(fold)] != 0) all.push_back(s);
  }
  return all;
}

namespace {

/// Rows of one block.
struct BlockRange {
  int64_t block = 0;
  RowRange rows;
};

}  // namespace

RowStrata stratify(const TrainingPlan& plan) {
  std::map<std::vector<uint8_t>, std::vector<BlockRange>> by_marks;
  for (const auto& cell : plan.cells) {
    auto& ranges = by_marks[cell.trains];
    for (const auto& range : cell.rows) ranges.push_back({cell.block, range});
  }
  RowStrata sorted;
  sorted.place.resize(static_cast<std::size_t>(plan.num_rows));
  for (auto& [marks, ranges] : by_marks) {
    std::sort(ranges.begin(), ranges.end(), [](const BlockRange& a, const BlockRange& b) {
      return a.rows.begin < b.rows.begin;
    });
    const auto begin = std::ssize(sorted.order);
    for (const auto& [block, range] : ranges) {
      const auto first = std::ssize(sorted.order);
      for (int64_t row = range.begin; row < range.end; ++row) {
        sorted.place[static_cast<std::size_t>(row)] = std::ssize(sorted.order);
        sorted.order.push_back(row);
      }
      auto& cells = sorted.cells;
      if (cells.empty() || cells.back().stratum != sorted.strata.size() ||
          cells.back().block != block) {
        cells.push_back({sorted.strata.size(), block, {first, first}});
      }
      cells.back().rows.end = std::ssize(sorted.order);
    }
    sorted.strata.push_back({-1, marks, {{begin, std::ssize(sorted.order)}}});
  }
  for (auto& stratum : sorted.strata) {
    for (auto& mark : stratum.trains) mark = mark != 0 ? 1 : 0;
  }
  return sorted;
}

std::vector<StratumPart> joined_cells(const RowStrata& strata, int64_t smallest) {
  std::vector<StratumPart> parts;
  bool open = false;  // whether the last part is of small cells
  for (const auto& cell : strata.cells) {
    const bool small = cell.rows.size() < smallest;
    if (small && open && parts.back().stratum == cell.stratum) {
      parts.back().block = -1;
      parts.back().rows.end = cell.rows.end;
    } else {
      parts.push_back(cell);
    }
    open = small;
  }
  return parts;
}

std::vector<RowRange> cut(const RowRange& whole, int64_t length) {
  std::vector<RowRange> pieces;
  for (int64_t begin = whole.begin; begin < whole.end; begin += length) {
    pieces.push_back({begin, std::min(begin + length, whole.end)});
  }
  return pieces;
}

}  // namespace lockstep
