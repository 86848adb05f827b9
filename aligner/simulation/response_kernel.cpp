// A response is filtered once, as a function; where a word falls between two samples then costs
// nothing.
#include "aligner/simulation/response_kernel.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "aligner/signal/fourier.h"

namespace lockstep {
namespace {

/// Widths of a half from its maximum at which a Gaussian is below 1e-12.
constexpr double kNegligible = 4;

/// Gain of a zero-phase filter at the frequencies k * rate / length, k from 0 to length / 2.
std::vector<double> gain_table(const std::vector<double>& response, int64_t length) {
  // Its middle goes to time 0, its first half wraps round.
  std::vector<double> centred(static_cast<std::size_t>(length), 0.0);
  const std::size_t middle = response.size() / 2;
  for (std::size_t k = 0; k < response.size(); ++k) {
    centred[(k + centred.size() - middle) % centred.size()] += response[k];
  }
  std::vector<double> gains;
  for (const auto& value : Fourier().spectrum(centred)) gains.push_back(value.real());
  return gains;
}

}  // namespace

double ResponseShape::at(double time_s) const {
  const double half_width_s = (time_s < latency_s ? 1 - skew : 1 + skew) * width_s / 2;
  const double distance = (time_s - latency_s) / half_width_s;
  return std::exp2(-distance * distance);
}

double ImportedBand::recording_rate_hz() const {
  return std::ceil(kRecordingRate_hz / rate_hz) * rate_hz;
}

std::vector<double> ImportedBand::gains(const std::vector<double>& frequencies_hz) const {
  const double recorded_hz = recording_rate_hz();
  const std::vector<double> response = band_pass(band, recorded_hz);
  // Padded to eight times its length, the filter's gain is linear between the bins of its transform
  // to 1e-3.
  const int64_t length = smooth_length(8 * static_cast<int64_t>(response.size()));
  const std::vector<double> table = gain_table(response, length);
  const double step_hz = recorded_hz / static_cast<double>(length);
  std::vector<double> gains(frequencies_hz.size(), 0.0);
  for (std::size_t k = 0; k < gains.size(); ++k) {
    if (frequencies_hz[k] > rate_hz / 2) continue;
    const double at = frequencies_hz[k] / step_hz;
    const auto below = static_cast<std::size_t>(at);
    const double share = at - static_cast<double>(below);
    gains[k] = table[below] + share * (table[std::min(below + 1, table.size() - 1)] - table[below]);
  }
  return gains;
}

ResponseKernel::ResponseKernel(const ResponseShape& shape, const ImportedBand& import)
    : rate_hz_(import.recording_rate_hz()) {
  const std::vector<double> response = band_pass(import.band, rate_hz_);
  const double shape_reach_s = kNegligible * shape.width_s * (1 + std::abs(shape.skew));
  const double reach_s = shape_reach_s + static_cast<double>(response.size() / 2) / rate_hz_;
  const int64_t length = smooth_length(2 * static_cast<int64_t>(std::ceil(reach_s * rate_hz_)) + 2);
  const int64_t middle = length / 2;  // of the table; it lies at a sample near the latency
  begin_s_ = (std::round(shape.latency_s * rate_hz_) - static_cast<double>(middle)) / rate_hz_;

  table_.resize(static_cast<std::size_t>(length));
  for (std::size_t k = 0; k < table_.size(); ++k)
    table_[k] = shape.at(begin_s_ + static_cast<double>(k) / rate_hz_);
  Fourier fourier;
  auto spectrum = fourier.spectrum(table_);
  const std::vector<double> gains = gain_table(response, length);
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    const double frequency_hz = static_cast<double>(k) * rate_hz_ / static_cast<double>(length);
    spectrum[k] *= frequency_hz > import.rate_hz / 2 ? 0 : gains[k];
  }
  table_ = fourier.signal(spectrum, length);
}

ResponseKernel ResponseKernel::unfiltered(const ResponseShape& shape, double rate_hz) {
  ResponseKernel kernel;
  kernel.rate_hz_ = rate_hz;
  const double reach_s = kNegligible * shape.width_s * (1 + std::abs(shape.skew));
  const auto reach = static_cast<int64_t>(std::ceil(reach_s * rate_hz));
  kernel.begin_s_ = shape.latency_s - static_cast<double>(reach) / rate_hz;
  for (int64_t k = 0; k <= 2 * reach; ++k)
    kernel.table_.push_back(shape.at(kernel.begin_s_ + static_cast<double>(k) / rate_hz));
  return kernel;
}

double ResponseKernel::at(double time_s) const {
  const double at = (time_s - begin_s_) * rate_hz_;
  if (!(at >= 0 && at < static_cast<double>(table_.size() - 1))) return 0;
  const auto below = static_cast<std::size_t>(at);
  const double share = at - static_cast<double>(below);
  return table_[below] + share * (table_[below + 1] - table_[below]);
}

}  // namespace lockstep
