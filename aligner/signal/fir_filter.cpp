// A filter is a difference of windowed sinc low-passes, one a border, each as long as its own
// transition asks.
#include "aligner/signal/fir_filter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "aligner/signal/fourier.h"
#include "aligner/signal/padding.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kHammingWidth =
    3.3;  // transition of a Hamming-windowed sinc, in units of rate / length

double sinc(double x) {
  if (x == 0) return 1;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

/// Windowed sinc of unit sum.
std::vector<double> low_pass(int64_t length, double cutoff_hz, double rate_hz) {
  std::vector<double> response(static_cast<std::size_t>(length));
  const double cut = 2 * cutoff_hz / rate_hz;
  const double last = static_cast<double>(length - 1);
  double sum = 0;
  for (std::size_t k = 0; k < response.size(); ++k) {
    const double at = static_cast<double>(k);
    const double window =
        length == 1 ? 1 : 0.54 - 0.46 * std::cos(2 * std::numbers::pi * at / last);
    response[k] = cut * sinc(cut * (at - last / 2)) * window;
    sum += response[k];
  }
  for (double& value : response) value /= sum;
  return response;
}

int64_t odd(int64_t length) { return length + (length % 2 == 0 ? 1 : 0); }

/// A corner of a filter: from here on, up to the next corner, the gain goes in a straight line.
struct Corner {
  double frequency_hz;
  int gain;  // 0 or 1
};

/// A difference of low-passes from the top down, each as long as its own transition asks
/// (mne.filter._firwin_design). The last corner is at half the rate.
std::vector<double> design(const std::vector<Corner>& corners, int64_t length, double rate_hz) {
  std::vector<double> response(static_cast<std::size_t>(length), 0.0);
  if (corners.back().gain == 1) response[response.size() / 2] = 1;
  for (std::size_t k = corners.size() - 1; k > 0; --k) {
    const Corner& above = corners[k];
    const Corner& below = corners[k - 1];
    if (above.gain == below.gain) continue;
    const double share = above.frequency_hz / (rate_hz / 2) - below.frequency_hz / (rate_hz / 2);
    const int64_t part = odd(static_cast<int64_t>(std::nearbyint(kHammingWidth / (share / 2))));
    const double cutoff_hz = (above.frequency_hz + below.frequency_hz) / 2;
    const std::vector<double> low = low_pass(std::min(part, length), cutoff_hz, rate_hz);
    const double sign = below.gain == 1 ? 1 : -1;
    const std::size_t first = (response.size() - low.size()) / 2;
    for (std::size_t i = 0; i < low.size(); ++i) response[first + i] += sign * low[i];
  }
  return response;
}

int64_t length_for(double narrowest_hz, double rate_hz) {
  return odd(static_cast<int64_t>(std::ceil(kHammingWidth / narrowest_hz * rate_hz)));
}

}  // namespace

Transitions transitions_of(const Band& band, double rate_hz) {
  return {.low_hz = std::min(std::max(0.25 * band.low_hz, 2.0), band.low_hz),
          .high_hz = std::isfinite(band.high_hz)
                         ? std::min(std::max(0.25 * band.high_hz, 2.0), rate_hz / 2 - band.high_hz)
                         : 0};
}

std::vector<double> band_pass(const Band& band, double rate_hz) {
  const bool has_low = band.low_hz > 0;
  const bool has_high = std::isfinite(band.high_hz);
  if (!(band.low_hz >= 0 && band.low_hz < band.high_hz &&
        (!has_high || band.high_hz < rate_hz / 2))) {
    fail(Blame::kCommandLine,
         "band: {} to {} Hz at {} samples a second; 0 <= low < high < {} Hz is wanted",
         band.low_hz,
         band.high_hz,
         rate_hz,
         rate_hz / 2);
  }
  if (!has_low && !has_high) return {1.0};
  const Transitions width = transitions_of(band, rate_hz);
  const double narrowest = has_low && has_high ? std::min(width.low_hz, width.high_hz)
                           : has_low           ? width.low_hz
                                               : width.high_hz;
  std::vector<Corner> corners;
  if (has_low) {
    if (band.low_hz > width.low_hz) corners.push_back({0, 0});
    corners.push_back({band.low_hz - width.low_hz, 0});
    corners.push_back({band.low_hz, 1});
  } else {
    corners.push_back({0, 1});
  }
  if (has_high) {
    corners.push_back({band.high_hz, 1});
    corners.push_back({band.high_hz + width.high_hz, 0});
  }
  corners.push_back({rate_hz / 2, has_high ? 0 : 1});
  return design(corners, length_for(narrowest, rate_hz), rate_hz);
}

std::vector<double> notch(std::span<const double> frequencies_hz, double rate_hz) {
  constexpr double kTransition_hz = 0.5;  // half of mne's trans_bandwidth, on each side
  std::vector<double> sorted(frequencies_hz.begin(), frequencies_hz.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<Corner> corners{{0, 1}};
  for (const double frequency_hz : sorted) {
    const double half_hz = frequency_hz / 400;  // the stop band is a 200th of the frequency wide
    const double below_hz = frequency_hz - half_hz - kTransition_hz;
    const double above_hz = frequency_hz + half_hz + kTransition_hz;
    if (!(below_hz > corners.back().frequency_hz && above_hz < rate_hz / 2)) {
      fail(Blame::kCommandLine,
           "notch: {} Hz stops {} to {} Hz, with {} Hz below it, at {} samples a second; stop "
           "bands apart from each other and below {} Hz are wanted",
           frequency_hz,
           below_hz,
           above_hz,
           corners.back().frequency_hz,
           rate_hz,
           rate_hz / 2);
    }
    corners.insert(corners.end(),
                   {{below_hz, 1},
                    {below_hz + kTransition_hz, 0},
                    {above_hz - kTransition_hz, 0},
                    {above_hz, 1}});
  }
  corners.push_back({rate_hz / 2, 1});
  if (sorted.empty()) return {1.0};
  return design(corners, length_for(kTransition_hz, rate_hz), rate_hz);
}

std::vector<double> filter_zero_phase(std::span<const double> signal,
                                      std::span<const double> response) {
  if (signal.empty()) return {};
  const auto size = static_cast<int64_t>(signal.size());
  const auto length = static_cast<int64_t>(response.size());
  const int64_t edge = std::min(length, size) - 1;
  const std::vector<double> padded = pad_by_reflection(signal, edge, edge);

  // Linear convolution: one transform of everything, long enough that nothing wraps round.
  const int64_t total = smooth_length(static_cast<int64_t>(padded.size()) + length - 1);
  std::vector<double> long_signal(static_cast<std::size_t>(total), 0.0);
  std::vector<double> long_response(static_cast<std::size_t>(total), 0.0);
  std::copy(padded.begin(), padded.end(), long_signal.begin());
  std::copy(response.begin(), response.end(), long_response.begin());
  Fourier fourier;
  auto product = fourier.spectrum(long_signal);
  const auto factor = fourier.spectrum(long_response);
  for (std::size_t k = 0; k < product.size(); ++k) product[k] *= factor[k];
  const std::vector<double> convolved = fourier.signal(product, total);

  const auto first = static_cast<std::ptrdiff_t>((length - 1) / 2 + edge);
  return {convolved.begin() + first, convolved.begin() + first + static_cast<std::ptrdiff_t>(size)};
}

double gain_at(std::span<const double> response, double frequency_hz, double rate_hz) {
  const auto middle = static_cast<double>(response.size() / 2);
  double gain = 0;
  for (std::size_t k = 0; k < response.size(); ++k) {
    const double time_s = (static_cast<double>(k) - middle) / rate_hz;
    gain += response[k] * std::cos(2 * std::numbers::pi * frequency_hz * time_s);
  }
  return gain;
}

}  // namespace lockstep
