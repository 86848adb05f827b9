#pragma once

#include <memory>
#include <string_view>

#include "models/layers/layer.h"

namespace lockstep {

/// An op of a program and the layer that computes it.
struct Operation {
  std::string_view op;
  /// Whether a row of the result depends on other rows of what is read.
  bool mixes_rows;
  /// Throws Error(kData), beginning with the step's path, for what the layer cannot do.
  void (*check)(const Step& step, const ModelSpec& spec);
  std::unique_ptr<Layer> (*make)(const Step& step, const LayerSource& source);
};

/// Throws Error(kData) for an op that no layer computes, naming those that there are.
const Operation& operation_of(const Step& step);

}  // namespace lockstep
