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

/// How a signal is resampled: it is padded to `padded` samples, its spectrum is cut or filled up to
/// `resampled`, and of what comes back `kept` samples from `dropped` on are the result.
struct ResamplingPlan {
  int64_t left = 0;       ///< old samples added in front
  int64_t right = 0;      ///< and behind
  int64_t padded = 0;     ///< old samples with pads
  int64_t resampled = 0;  ///< new samples with pads
  int64_t dropped = 0;    ///< new samples dropped in front
  int64_t kept = 0;
};
ResamplingPlan plan_resampling(int64_t num_samples, const RateRatio& ratio, ResamplingEnds ends);

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
