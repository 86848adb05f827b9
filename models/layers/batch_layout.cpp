#include "models/layers/batch_layout.h"

#include <algorithm>

#include "base/error.h"

namespace lockstep {
namespace {

void check_offsets(const PackedBatch& batch, int64_t max_positions) {
  const auto& offsets = batch.offsets;
  const auto num_tokens = static_cast<int64_t>(batch.ids.size());
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != num_tokens) {
    fail(Blame::kProgram,
         "packed batch: offsets from {} to {}; 0 to {} tokens are wanted",
         offsets.empty() ? -1 : offsets.front(),
         offsets.empty() ? -1 : offsets.back(),
         num_tokens);
  }
  for (std::size_t w = 0; w + 1 < offsets.size(); ++w) {
    const int64_t length = offsets[w + 1] - offsets[w];
    if (length < 1) {
      fail(Blame::kProgram,
           "packed batch: window {} has {} tokens; 1 or more are wanted",
           w,
           length);
    }
    if (max_positions > 0 && length > max_positions) {
      fail(Blame::kData,
           "a window of {} tokens: the model has {} positions; give it less context",
           length,
           max_positions);
    }
  }
}

void check_rows(const PackedBatch& batch) {
  int64_t before = -1;
  for (const int64_t row : batch.rows) {
    if (row <= before || row >= static_cast<int64_t>(batch.ids.size())) {
      fail(Blame::kProgram,
           "packed batch: row {} after row {} of {} tokens; ascending rows are wanted",
           row,
           before,
           batch.ids.size());
    }
    before = row;
  }
}

BatchRows rows_of(const std::vector<int64_t>& offsets, const std::vector<int64_t>& rows) {
  BatchRows chosen;
  chosen.position.reserve(rows.size());
  chosen.window_begin.push_back(0);
  std::size_t entry = 0;
  for (std::size_t w = 0; w + 1 < offsets.size(); ++w) {
    for (; entry < rows.size() && rows[entry] < offsets[w + 1]; ++entry) {
      chosen.position.push_back(static_cast<int32_t>(rows[entry] - offsets[w]));
    }
    chosen.window_begin.push_back(static_cast<int64_t>(entry));
  }
  chosen.index = at::tensor(rows, at::kLong);
  return chosen;
}

}  // namespace

BatchLayout lay_out_batch(const PackedBatch& batch, int64_t vocabulary, int64_t max_positions) {
  check_offsets(batch, max_positions);
  check_rows(batch);
  for (const int32_t id : batch.ids) {
    if (id < 0 || id >= vocabulary) {
      fail(Blame::kData, "token {}: the model's vocabulary has {} tokens", id, vocabulary);
    }
  }

  BatchLayout layout;
  layout.offsets = batch.offsets;
  for (std::size_t w = 0; w + 1 < batch.offsets.size(); ++w) {
    layout.longest = std::max(layout.longest, batch.offsets[w + 1] - batch.offsets[w]);
  }
  std::vector<int64_t> every(batch.ids.size());
  for (std::size_t row = 0; row < every.size(); ++row) every[row] = static_cast<int64_t>(row);
  layout.all = rows_of(batch.offsets, every);
  layout.wanted = rows_of(batch.offsets, batch.rows);
  return layout;
}

}  // namespace lockstep
