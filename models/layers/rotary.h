#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string>

#include "models/families/spec.h"

namespace lockstep {

/// Angles' cosines and sines, position x dims / 2, float32; a scaling's multiplier is in them.
struct RotaryTable {
  at::Tensor cosines;
  at::Tensor sines;
};

/// Rotary positions (Su et al. 2021) with the frequencies that transformers 5.23 computes
/// (modeling_rope_utils.py), in its order of float32 operations, since an angle is a frequency
/// times a position and multiplies its rounding. Types: default, linear, llama3, yarn, factors (a
/// tensor of divisors), dynamic (which is the default up to max_positions, and longer windows are
/// refused).
class Rotary {
 public:
  /// `factors`: the tensor of factors_role, or undefined.
  Rotary(const RopeSpec& spec, const at::Tensor& factors);

  RotaryTable table(int64_t num_positions) const;

 private:
  at::Tensor frequencies_;
  double multiplier_ = 1;
};

/// Throws Error(kData), "ropes.<name>: ...", for a layout or type that is not there.
void check_rotary(const RopeSpec& spec, const std::string& where);

}  // namespace lockstep
