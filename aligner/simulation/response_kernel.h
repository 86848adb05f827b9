#pragma once

#include <vector>

#include "aligner/signal/fir_filter.h"

namespace lockstep {

/// The course of a response over time, as a source would show it: two halves of a Gaussian that
/// meet at the maximum, 1, at `latency_s` after the word. `width_s` is the full width at half
/// maximum; the rising half has the share (1 - skew) / 2 of it, the falling half the rest.
struct ResponseShape {
  double latency_s = 0;
  double width_s = 0.06;
  double skew = 0;

  double at(double time_s) const;
};

/// What import makes of a recording: a band-pass at kRecordingRate_hz or a little more (band_pass
/// of fir_filter.h, zero phase), then Fourier resampling to `rate_hz`, which cuts at half that
/// rate.
struct ImportedBand {
  Band band = {0.1, 20};
  double rate_hz = 30;

  double recording_rate_hz()
      const;  ///< the first multiple of rate_hz that is kRecordingRate_hz or more
  /// Gain at a frequency: of the filter up to rate_hz / 2, 0 above.
  std::vector<double> gains(const std::vector<double>& frequencies_hz) const;
};
inline constexpr double kRecordingRate_hz = 1200;  // as CTF records

/// A response as it stands in an imported recording, a continuous function of the time since the
/// word: the shape filtered by ImportedBand, tabulated at the recording rate and interpolated
/// linearly (error below 2e-4 of the maximum for widths of 40 ms and more). Outside begin_s to
/// end_s it is 0: there the filter remembers nothing of the response.
class ResponseKernel {
 public:
  ResponseKernel(const ResponseShape& shape, const ImportedBand& import);
  /// The shape itself, as it is recorded before any filter; tabulated at `rate_hz`.
  static ResponseKernel unfiltered(const ResponseShape& shape, double rate_hz);

  double at(double time_s) const;
  double begin_s() const { return begin_s_; }
  double end_s() const { return begin_s_ + static_cast<double>(table_.size() - 1) / rate_hz_; }

 private:
  ResponseKernel() = default;

  double begin_s_ = 0;
  double rate_hz_ = 1;
  std::vector<double> table_;
};

}  // namespace lockstep
