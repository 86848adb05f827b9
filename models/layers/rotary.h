#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <limits>
#include <string>

#include "models/families/spec.h"

namespace lockstep {

/// Angles' cosines and sines, position x dims / 2, float32; a scaling's multiplier is in them.
struct RotaryAngles {
  at::Tensor cosines;
  at::Tensor sines;
};

/// The angles for the windows of a batch. LongRoPE has two sets: a window of more than `border`
/// tokens is turned by `beyond` at all its positions, the shorter ones by `usual`, as transformers
/// does when it is given that window alone.
struct RotaryTable {
  RotaryAngles usual;
  RotaryAngles beyond;  ///< undefined where no window is longer than the border
  int64_t border = std::numeric_limits<int64_t>::max();

  const RotaryAngles& of_window(int64_t num_tokens) const {
    return num_tokens > border ? beyond : usual;
  }
};

/// Rotary positions (Su et al. 2021) with the frequencies that transformers 5.23 computes
/// (modeling_rope_utils.py), in its order of float32 operations, since an angle is a frequency
/// times a position and multiplies its rounding. Types:
///   default
///   linear        every frequency divided by a factor
///   llama3        long waves stretched, short ones kept, those between blended
///   yarn          a ramp from kept to stretched (Peng et al. 2023); cosines and sines grow
///   longrope      a divisor for each pair, one list up to original_max_positions and one beyond
///                 (Ding et al. 2024); cosines and sines grow
///   proportional  the first pairs of the head turn, the others stand still
///   factors       a tensor of divisors (llama.cpp's form of llama3)
///   dynamic       the default up to max_positions; beyond, transformers computes frequencies anew
///                 from the longest sequence that it has seen, so longer windows are refused
class Rotary {
 public:
  /// `factors`: the tensor of factors_role, or undefined.
  Rotary(const RopeSpec& spec, const at::Tensor& factors);

  /// For windows of up to `longest` tokens.
  RotaryTable table(int64_t longest) const;

 private:
  RotaryAngles angles(const at::Tensor& frequencies, int64_t num_positions) const;

  at::Tensor frequencies_;
  at::Tensor long_frequencies_;  // of windows longer than border_
  int64_t border_ = std::numeric_limits<int64_t>::max();
  double multiplier_ = 1;
};

/// Throws Error(kData) for a window of `longest` tokens that is beyond the limit of a dynamic rope.
void check_window(const RopeSpec& spec, const std::string& where, int64_t longest);

/// Throws Error(kData), "ropes.<name>: ...", for a layout or type that is not there, and for
/// parameters that are missing or that it cannot compute with.
void check_rotary(const RopeSpec& spec, const std::string& where);

}  // namespace lockstep
