#pragma once

#include <cstdint>

namespace lockstep {

struct RateOptions {
  int64_t rows = 1024;
  int64_t width = 576;
  int workers = 1;
};

/// Operations a second that all workers together reach now in products of rows x width with width x
/// 4 width, float32; half a second of trying. A guess for people, never part of a result.
double machine_rate(const RateOptions& options);

}  // namespace lockstep
