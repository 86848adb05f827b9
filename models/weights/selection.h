#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// Which elements of a stored tensor a chain of operations takes, and in which order. A tensor is a
/// matrix of its first axis against the others.
struct Selection {
  std::vector<int64_t> shape;                   ///< of the result
  std::optional<std::vector<int64_t>> rows;     ///< stored rows, in order; nothing: all
  std::optional<std::vector<int64_t>> columns;  ///< stored columns, in order; nothing: all
  bool is_transposed = false;                   ///< the result has the stored columns as its rows
  std::vector<float> addends;  ///< added to every element, one after the other, in float32
};

/// Follows the operations (models/families/tensor_sources.h lists them). Rows are those of what the
/// operations before have left. Throws Error(kData) "<where>: ..." where a tensor's rows do not
/// divide as an operation says.
Selection select(const StoredTensor& tensor,
                 std::span<const TensorOp> ops,
                 const std::string& where);

/// The selected values as float32, row-major; `into` has as many elements as `selection.shape`.
void read_selection(const StoredTensor& tensor, const Selection& selection, std::span<float> into);

int64_t num_elements(std::span<const int64_t> shape);

}  // namespace lockstep
