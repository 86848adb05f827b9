#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// New samples for old ones: 1200 Hz to 30 Hz is {1, 40}. Both positive.
struct RateRatio {
  int64_t up = 1;
  int64_t down = 1;
};

/// How the ends are extended before the transform, which takes the signal for periodic.
enum class ResamplingEnds {
  kExact,  ///< by odd reflection to lengths at which every new sample falls on its nominal time: no
           ///< time error
  kMne,  ///< as mne.filter.resample(npad="auto") does: new samples are early or late by up to 30 ms
         ///< at 30 Hz
  kPeriodic  ///< not at all
};

/// Resampling in the frequency domain (mne.filter.resample 1.13, method="fft", boxcar window): the
/// spectrum is cut or filled up at the lower of the two Nyquist frequencies. The result has
/// max(round(n * up / down), 1) samples, halves going to the even number. An empty signal throws
/// Error(kProgram).
std::vector<double> resample(std::span<const double> signal,
                             const RateRatio& ratio,
                             ResamplingEnds ends);

/// max(round(num_samples * up / down), 1)
int64_t resampled_length(int64_t num_samples, const RateRatio& ratio);

/// Seconds by which new samples hold the signal too late (negative: too early).
struct TimeError {
  double first_s = 0;
  double last_s = 0;
};
/// Of the first and the last new sample; those between lie between them.
TimeError resampling_time_errors(int64_t num_samples,
                                 double rate_hz,
                                 const RateRatio& ratio,
                                 ResamplingEnds ends);

/// The largest time in seconds by which a new sample misses its nominal time when `num_samples` are
/// resampled; 0 with kExact. `rate_hz` is that of the old samples.
double resampling_time_error(int64_t num_samples,
                             double rate_hz,
                             const RateRatio& ratio,
                             ResamplingEnds ends);

}  // namespace lockstep
