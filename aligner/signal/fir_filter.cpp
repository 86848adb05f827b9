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

/// Samples that a transition from `from_hz` to `to_hz` needs.
int64_t transition_length(double from_hz, double to_hz, double rate_hz) {
  const double share = (to_hz - from_hz) / (rate_hz / 2);
  return odd(static_cast<int64_t>(std::nearbyint(kHammingWidth / (share / 2))));
}

void add_centred(std::vector<double>& sum, const std::vector<double>& part, double factor) {
  const std::size_t first = (sum.size() - part.size()) / 2;
  for (std::size_t k = 0; k < part.size(); ++k) sum[first + k] += factor * part[k];
}

}  // namespace

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
  const double low_width = std::min(std::max(0.25 * band.low_hz, 2.0), band.low_hz);
  const double high_width =
      has_high ? std::min(std::max(0.25 * band.high_hz, 2.0), rate_hz / 2 - band.high_hz) : 0;
  const double narrowest = has_low && has_high ? std::min(low_width, high_width)
                           : has_low           ? low_width
                                               : high_width;
  const int64_t length = odd(static_cast<int64_t>(std::ceil(kHammingWidth / narrowest * rate_hz)));

  std::vector<double> response(static_cast<std::size_t>(length), 0.0);
  if (has_high) {
    const int64_t part = transition_length(band.high_hz, band.high_hz + high_width, rate_hz);
    add_centred(response, low_pass(part, band.high_hz + high_width / 2, rate_hz), 1);
  } else {
    response[response.size() / 2] = 1;
  }
  if (has_low) {
    const int64_t part = transition_length(band.low_hz - low_width, band.low_hz, rate_hz);
    add_centred(response, low_pass(part, band.low_hz - low_width / 2, rate_hz), -1);
  }
  return response;
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
