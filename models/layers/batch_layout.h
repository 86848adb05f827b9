#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <vector>

#include "models/model.h"

namespace lockstep {

/// Some rows of a packed batch, ascending, window by window.
struct BatchRows {
  at::Tensor index;                   ///< int64: the row of the batch that each one is
  std::vector<int32_t> position;      ///< of each in its window
  std::vector<int64_t> window_begin;  ///< windows + 1: window w has the entries window_begin[w] ..
                                      ///< window_begin[w + 1]

  int64_t size() const { return static_cast<int64_t>(position.size()); }
};

/// A packed batch as the layers see it.
struct BatchLayout {
  std::vector<int64_t> offsets;
  BatchRows all;
  BatchRows wanted;     ///< the rows asked for
  int64_t longest = 0;  ///< tokens of the longest window

  int64_t num_windows() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

/// Checks a batch against the model's vocabulary and limit of positions (none: 0) and lays it out.
/// Throws Error(kData) for a token or a window that the model cannot take, Error(kProgram) for
/// offsets or rows that are not ascending or not inside.
BatchLayout lay_out_batch(const PackedBatch& batch, int64_t vocabulary, int64_t max_positions);

}  // namespace lockstep
