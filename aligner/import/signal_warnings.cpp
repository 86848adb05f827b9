#include "aligner/import/signal_warnings.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace lockstep {
namespace {

using Lines = std::vector<std::string>;

void judge_band(const RecordingInfo& info, const Band& band, Lines& warnings) {
  const double nyquist_hz = info.rate_hz() / 2;
  if (info.rate_hz() >= info.raw_rate_hz) return;
  const double stops_hz =
      band.high_hz +
      (std::isfinite(band.high_hz) ? transitions_of(band, info.raw_rate_hz).high_hz : 0);
  if (stops_hz <= nyquist_hz) return;
  const std::string asked = std::isfinite(band.high_hz)
                                ? text("the band of {} to {} Hz, which ends at {} Hz,",
                                       rounded(band.low_hz),
                                       rounded(band.high_hz),
                                       rounded(stops_hz))
                                : text("the band from {} Hz on", rounded(band.low_hz));
  warnings.push_back(text("{}: {} exceeds half the new rate: {} to {} Hz remain",
                          info.name,
                          asked,
                          rounded(band.low_hz),
                          rounded(info.band_high_hz)));
}

void judge_lengths(const std::string& name, const SignalSteps& steps, Lines& warnings) {
  for (const auto& filter : steps.filters) {
    for (const Stretch& stretch : steps.stretches) {
      if (stretch.length() >= static_cast<int64_t>(filter.size())) continue;
      warnings.push_back(
          text("{}: a stretch of {} s is shorter than the filter of {} s; it will be distorted",
               name,
               rounded(static_cast<double>(stretch.length()) / steps.rate_hz),
               rounded(static_cast<double>(filter.size()) / steps.rate_hz)));
    }
  }
}

void judge_times(const RecordingInfo& info, Lines& warnings) {
  constexpr double kNoticed_ms = 0.1;
  if (info.time_error_ms <= kNoticed_ms) return;
  warnings.push_back(
      text("{}: rows are up to {} ms away from their times (resampling as MNE "
           "does it; the preset paper has no such error)",
           info.name,
           rounded(info.time_error_ms)));
}

}  // namespace

std::string rounded(double value) { return to_text(std::round(value * 1000) / 1000); }

double remaining_high(double high_hz, double raw_rate_hz, double rate_hz) {
  return std::min({high_hz, raw_rate_hz / 2, rate_hz / 2});
}

std::vector<std::string> signal_warnings(const RecordingInfo& info,
                                         const Band& band,
                                         const SignalSteps& steps) {
  Lines warnings;
  judge_band(info, band, warnings);
  judge_lengths(info.name, steps, warnings);
  judge_times(info, warnings);
  return warnings;
}

}  // namespace lockstep
