#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/families/spec.h"

namespace lockstep {

inline constexpr int64_t kAnySize = -1;

enum class MayHaveBias { kNo, kYes };

/// A weight that a step uses, with the shape that the spec's numbers give; kAnySize where they give
/// none.
struct WantedWeight {
  const Step& step;
  const std::string& role;
  const std::vector<int64_t>& shape;
  MayHaveBias bias = MayHaveBias::kNo;  ///< one number a row
};

/// The shape that a wanted weight of a layer has; the layer is -1 outside the blocks.
using ShapeOf = std::function<std::vector<int64_t>(int layer, const WantedWeight& wanted)>;

/// Calls `shape_of` for every weight that the programs of a model use: embedding, final norm, head,
/// then layer by layer. Shapes follow from the spec (d, heads x dimensions, feed-forward size,
/// vocabulary) and the width of the register that a step reads. A program's result has one width
/// throughout (d; the vocabulary for logits); another register takes the width of what writes it.
/// Throws Error(kData) "<where>: ..." for a sum of unequal widths.
void walk_shapes(const ModelSpec& spec, const ShapeOf& shape_of, const std::string& where);

/// "<where>", or "<where>: layer 3".
std::string place_of_layer(const std::string& where, int layer);

}  // namespace lockstep
