#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "models/layers/kernels.h"

namespace lockstep {

// float32 sums of some hundred terms
inline constexpr double kTolerance = 2e-6;

using Floats = std::vector<float>;

inline Floats random_floats(std::size_t n, unsigned seed, float size = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, size);
  Floats values(n);
  for (float& value : values) value = normal(generator);
  return values;
}

/// |a - b| / |b|
inline double distance(const Floats& a, const std::vector<double>& b) {
  double error = 0, size = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    error += (a[k] - b[k]) * (a[k] - b[k]);
    size += b[k] * b[k];
  }
  return std::sqrt(error / size);
}

/// A test of every instruction set that this processor has.
class KernelsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
};

inline std::string name_of_set(const ::testing::TestParamInfo<const Kernels*>& set) {
  std::string name = set.param->name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

}  // namespace lockstep
