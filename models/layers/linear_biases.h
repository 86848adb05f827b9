#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string>

#include "models/families/spec.h"

namespace lockstep {

/// What a batch's attention adds to its scores: the bias of the key at j for the query at i is
/// values[head][origin + j - step * i] (AttentionWindow::biases).
struct BiasTable {
  at::Tensor values;  ///< heads x positions, float32
  int64_t origin = 0;
  int64_t step = 0;
};

/// Attention with linear biases (Press et al. 2022): a head's slope times the key's distance, so
/// that nearer keys count for more. The slopes are a geometric sequence from 2^(-max_bias / n) for
/// n heads; where n is not a power of two, "bloom" (and Falcon) takes those of the power below,
/// then every other one of the power above, and "mpt" orders those of the power above: every other
/// one from the second on, then the others.
///
/// transformers 5.23 adds slope * position and leaves the difference of a constant to the softmax;
/// here it is slope * (key - query), which keeps its digits where positions are thousands. With
/// round "bfloat16" (Falcon) slopes and biases are rounded, which a softmax does see: there it is
/// the position, as in transformers.
class LinearBiases {
 public:
  /// `scale`: what the scores are multiplied by, for fields with is_scaled.
  LinearBiases(const AlibiFields& fields, int64_t heads, double scale);

  /// For windows of up to `longest` tokens.
  BiasTable table(int64_t longest) const;

 private:
  at::Tensor slopes_;  // heads
  double factor_ = 1;
  bool is_rounded_ = false;
};

/// Throws Error(kData), beginning with `where`, for slopes or a rounding that are not there.
void check_linear_biases(const AlibiFields& fields, const std::string& where);

}  // namespace lockstep
