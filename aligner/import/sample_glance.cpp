#include "aligner/import/sample_glance.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lockstep {
namespace {

void mend(std::span<double> samples, std::size_t first, std::size_t end) {
  const bool has_left = first > 0;
  const bool has_right = end < samples.size();
  const double left = has_left ? samples[first - 1] : has_right ? samples[end] : 0;
  const double right = has_right ? samples[end] : left;
  const auto steps = static_cast<double>(end - first + 1);
  for (std::size_t k = first; k < end; ++k) {
    samples[k] = left + (right - left) * static_cast<double>(k - first + 1) / steps;
  }
}

}  // namespace

SampleGlance glance_and_mend(std::span<double> samples, int64_t origin, const Stretch& own) {
  SampleGlance glance;
  const auto from = static_cast<std::size_t>(own.first - origin);
  const auto to = static_cast<std::size_t>(own.end - origin);
  double lowest = INFINITY;
  double highest = -INFINITY;
  bool all_finite = true;
  for (const double value : samples) all_finite = all_finite && std::isfinite(value);
  if (!all_finite) {
    for (std::size_t k = 0; k < samples.size();) {
      if (std::isfinite(samples[k])) {
        ++k;
        continue;
      }
      const std::size_t first = k;
      while (k < samples.size() && !std::isfinite(samples[k])) ++k;
      const Stretch inside{std::max(origin + static_cast<int64_t>(first), own.first),
                           std::min(origin + static_cast<int64_t>(k), own.end)};
      if (inside.length() > 0) glance.broken.push_back(inside);
      mend(samples, first, k);
    }
  }
  for (std::size_t k = from; k < to; ++k) {
    lowest = std::min(lowest, samples[k]);
    highest = std::max(highest, samples[k]);
  }
  int64_t num_broken = 0;
  for (const Stretch& stretch : glance.broken) num_broken += stretch.length();
  glance.any_finite = num_broken < own.length();
  glance.lowest = lowest;
  glance.highest = highest;
  return glance;
}

void append(SampleGlance& all, const SampleGlance& next) {
  if (next.any_finite) {
    all.lowest = all.any_finite ? std::min(all.lowest, next.lowest) : next.lowest;
    all.highest = all.any_finite ? std::max(all.highest, next.highest) : next.highest;
    all.any_finite = true;
  }
  for (const Stretch& stretch : next.broken) {
    if (!all.broken.empty() && all.broken.back().end == stretch.first) {
      all.broken.back().end = stretch.end;
    } else {
      all.broken.push_back(stretch);
    }
  }
}

uint64_t fingerprint(std::span<const double> samples, uint64_t before) {
  uint64_t sum = before ^ 0x9E3779B97F4A7C15u;
  for (const double value : samples) {
    sum = (std::rotl(sum, 23) ^ std::bit_cast<uint64_t>(value)) * 0xD6E8FEB86659FD93u;
  }
  return sum ^ (sum >> 32);
}

}  // namespace lockstep
