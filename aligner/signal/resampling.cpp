// Pads, transforms, cuts the spectrum, transforms back and drops what stands for the pads. With
// padded length L, new length M, left pad p and r samples dropped in front, sample k of the result
// holds the signal at old sample (k + r) L / M - p; nominally it is old sample k down / up. The two
// agree when L up is a multiple of down and p up too.
#include "aligner/signal/resampling.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "aligner/signal/fourier.h"
#include "aligner/signal/padding.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kFewestPads =
    100;  // samples, as mne's "auto" has at most of an eighth of the signal

struct Plan {
  int64_t left = 0;
  int64_t right = 0;
  int64_t padded = 0;     // old samples with pads
  int64_t resampled = 0;  // new samples with pads
  int64_t dropped = 0;    // new samples dropped in front
  int64_t kept = 0;
};

int64_t scaled(const RateRatio& ratio, int64_t count) {
  return static_cast<int64_t>(
      std::nearbyint(static_cast<double>(ratio.up) / static_cast<double>(ratio.down) *
                     static_cast<double>(count)));
}

/// The smallest multiple of `step` that is `value` or more.
int64_t multiple(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

Plan plan_resampling(int64_t size, const RateRatio& ratio, ResamplingEnds ends) {
  if (size < 1 || ratio.up < 1 || ratio.down < 1) {
    fail(Blame::kProgram,
         "resample: {} samples by {}/{}; at least one sample and positive numbers are wanted",
         size,
         ratio.up,
         ratio.down);
  }
  Plan plan;
  plan.kept = resampled_length(size, ratio);
  if (ends == ResamplingEnds::kMne) {
    const int64_t add = std::min<int64_t>(size / 8, kFewestPads) * 2;
    const auto total = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(size + add)));
    plan.left = (total - size) / 2;
    plan.right = total - size - plan.left;
  } else if (ends == ResamplingEnds::kExact) {
    // Lengths in whole grid steps, a step being the shortest stretch that holds a whole number of
    // both kinds of sample.
    const int64_t step = ratio.down / std::gcd(ratio.up, ratio.down);
    plan.left = multiple(kFewestPads, step);
    const int64_t steps = multiple(plan.left + size + kFewestPads, step) / step;
    plan.right = smooth_length(steps) * step - size - plan.left;
  }
  plan.padded = plan.left + size + plan.right;
  plan.resampled = std::max<int64_t>(scaled(ratio, plan.padded), 1);
  plan.dropped = scaled(ratio, plan.left);
  return plan;
}

}  // namespace

std::vector<double> resample(std::span<const double> signal,
                             const RateRatio& ratio,
                             ResamplingEnds ends) {
  const Plan plan = plan_resampling(static_cast<int64_t>(signal.size()), ratio, ends);
  Fourier fourier;
  auto half = fourier.spectrum(pad_by_reflection(signal, plan.left, plan.right));
  const int64_t shorter = std::min(plan.padded, plan.resampled);
  if (shorter % 2 == 0 && plan.resampled != plan.padded) {
    // The Nyquist bin of the shorter signal stands for both signs of that frequency, in the longer
    // one for one.
    half[static_cast<std::size_t>(shorter / 2)] *= plan.resampled < plan.padded ? 2.0 : 0.5;
  }
  const double scale = static_cast<double>(plan.resampled) / static_cast<double>(plan.padded);
  for (auto& coefficient : half) coefficient *= scale;
  half.resize(static_cast<std::size_t>(plan.resampled / 2 + 1));
  const std::vector<double> all = fourier.signal(half, plan.resampled);
  return {all.begin() + plan.dropped, all.begin() + plan.dropped + plan.kept};
}

int64_t resampled_length(int64_t num_samples, const RateRatio& ratio) {
  return std::max<int64_t>(scaled(ratio, num_samples), 1);
}

TimeError resampling_time_errors(int64_t num_samples,
                                 double rate_hz,
                                 const RateRatio& ratio,
                                 ResamplingEnds ends) {
  const Plan plan = plan_resampling(num_samples, ratio, ends);
  const auto error_s = [&](int64_t sample) {
    const double holds = static_cast<double>(sample + plan.dropped) *
                             static_cast<double>(plan.padded) /
                             static_cast<double>(plan.resampled) -
                         static_cast<double>(plan.left);
    const double nominal = static_cast<double>(sample) * static_cast<double>(ratio.down) /
                           static_cast<double>(ratio.up);
    return (holds - nominal) / rate_hz;
  };
  return {error_s(0), error_s(plan.kept - 1)};
}

double resampling_time_error(int64_t num_samples,
                             double rate_hz,
                             const RateRatio& ratio,
                             ResamplingEnds ends) {
  const TimeError error = resampling_time_errors(num_samples, rate_hz, ratio, ends);
  return std::max(std::abs(error.first_s), std::abs(error.last_s));
}

}  // namespace lockstep
