#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/schemas/activations_file.h"
#include "extractor/plan/parts.h"
#include "models/model.h"

namespace lockstep {

/// The model's name of a place in the file's tap axis.
Tap tap_of(const TapInfo& info, int64_t num_blocks);

/// What a part gives.
struct PartValues {
  std::vector<float> activations;  ///< the pieces of stretches_of() one after the other
  /// prediction_names() x values in the order of the part's runs; empty if not asked for.
  std::vector<float> predictions;
};

/// What a part's values are computed from.
struct PartReader {
  const WindowPlan& plan;
  const LanguageModel& model;
  std::vector<Tap> taps;
  Pooling pooling = Pooling::kMean;
  FloatStorage storage = FloatStorage::kFloat32;
  bool predicts = false;
  std::optional<std::vector<uint8_t>> boundaries = std::nullopt;  ///< word_boundaries()

  /// One pass of the model, pooled. NaN where there is no value. Throws Error(kData) naming tap and
  /// row if a value is not finite, or will not be in the file.
  PartValues values_of(const PlannedPart& part) const;

 private:
  void pool(const PlannedPart& part,
            const std::vector<std::vector<int64_t>>& rows_of_cell,
            const at::Tensor& states,
            std::vector<float>& values) const;
  void check_storage(std::span<const float> values,
                     const PlannedPart& part,
                     std::size_t cell,
                     int64_t tap) const;
};

/// Values as the file holds them: float16 is rounded to the nearest, ties to even; predictions are
/// float32.
std::vector<std::byte> stored_bytes(const PartValues& values, FloatStorage storage);

/// Sizes of activations(context, tap, word, unit), row-major.
struct ActivationsShape {
  int64_t taps = 0;
  int64_t words = 0;
  int64_t units = 0;
  int64_t value_bytes = sizeof(float);
};

/// Where a file's values begin, in bytes.
struct ValueOffsets {
  int64_t activations = 0;
  std::vector<int64_t> predictions;  ///< by prediction_names(), or empty
};

/// Where the pieces of a part stand in the file: (offset, length) in bytes: of the activations for
/// each run for each tap, then of each prediction for each run.
std::vector<std::pair<int64_t, int64_t>> stretches_of(const PlannedPart& part,
                                                      const ActivationsShape& shape,
                                                      const ValueOffsets& offsets);

}  // namespace lockstep
