#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/schemas/tap_axis.h"
#include "extractor/plan/parts.h"
#include "models/model.h"

namespace lockstep {

/// The model's name of a place in the file's tap axis.
Tap tap_of(const TapInfo& info, int64_t num_blocks);

/// What a part's values are computed from.
struct PartReader {
  const WindowPlan& plan;
  const LanguageModel& model;
  std::vector<Tap> taps;
  Pooling pooling = Pooling::kMean;

  /// One pass of the model, pooled: the part's pieces one after the other (stretches_of), float32.
  /// NaN where there is no value. Throws Error(kData) naming tap and row if a value is not finite.
  std::vector<float> values_of(const PlannedPart& part) const;
};

/// Sizes of activations(context, tap, word, unit), row-major, float32.
struct ActivationsShape {
  int64_t taps = 0;
  int64_t words = 0;
  int64_t units = 0;
};

/// Where the pieces of a part stand in the file: (offset, length) in bytes, for each run for each
/// tap. `base` is the offset of the first value.
std::vector<std::pair<int64_t, int64_t>> stretches_of(const PlannedPart& part,
                                                      const ActivationsShape& shape,
                                                      int64_t base);

}  // namespace lockstep
