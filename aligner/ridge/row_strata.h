#pragma once

#include <cstdint>
#include <vector>

#include "aligner/ridge/training_cells.h"

namespace lockstep {

/// Neighbouring places of one stratum.
struct StratumPart {
  std::size_t stratum = 0;
  int64_t block = 0;  ///< -1: words of several blocks
  RowRange rows;      ///< places
};

/// The rows of a plan sorted so that those trained on by the same folds are neighbours, whatever
/// their block: the fewest sums from which the training words of every fold follow, and the longest
/// matrix products.
struct RowStrata {
  std::vector<int64_t> order;        ///< by place: row of the plan
  std::vector<int64_t> place;        ///< by row of the plan
  std::vector<TrainingCell> strata;  ///< block -1; `rows` is one stretch of places
  std::vector<StratumPart> cells;    ///< the cells of the plan, by place

  /// Number of folds below `fold` that train on a stratum: where a value kept for each of its
  /// training folds stands.
  int64_t slot(std::size_t stratum, int64_t fold) const;
  /// Folds that train on a stratum, ascending.
  std::vector<int64_t> folds(std::size_t stratum) const;
  /// Strata that a fold trains on, ascending.
  std::vector<std::size_t> of_fold(int64_t fold) const;
  const RowRange& rows(std::size_t stratum) const { return strata[stratum].rows.front(); }
};

RowStrata stratify(const TrainingPlan& plan);

/// The cells, neighbours of one stratum with fewer than `smallest` words joined: over a few words
/// sums cost more than they save.
std::vector<StratumPart> joined_cells(const RowStrata& strata, int64_t smallest);

/// Stretches of at most `length` rows that make up `whole`, in order.
std::vector<RowRange> cut(const RowRange& whole, int64_t length);

}  // namespace lockstep
