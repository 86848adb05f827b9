#pragma once

#include <cstdint>
#include <string>

#include "aligner/signal/fir_filter.h"

namespace lockstep {

/// What of each tap's components the brain is made to respond to.
enum class Planting {
  kFull,   ///< the standardised components themselves; neighbouring taps share most of them
  kUnique  ///< what of them is each tap's own (unique_features): what taps share is
           ///< divided among them
};
Planting planting_of(const std::string& name);  ///< full, unique; else Error(kCommandLine)

/// Simulations that must not show an order of layers, or the opposite one.
enum class Null {
  kNone,
  kNoise,    ///< background alone
  kCommon,   ///< every tap at the middle of the latencies
  kReverse,  ///< the first tap last
  kStatic,   ///< the first tap alone, at the middle of the latencies
  kLeak      ///< no responses: slow drifts of the MEG follow slow drifts of the components
};
Null null_of(const std::string&
                 name);  ///< none, noise, common, reverse, static, leak; else Error(kCommandLine)
std::string name_of(Null null);  ///< empty for kNone
std::string name_of(Planting planting);

inline constexpr double kLeakWidth_s =
    5;  ///< full width at half maximum of what the MEG shares with the components

/// All that determines a simulation beside targets and words. Amplitudes are relative to the
/// background: the brain's own activity and the noise of the sensors, whose variance is 1 on the
/// mean sensor.
struct SimulationOptions {
  // responses
  double first_latency_s = 0.15;  ///< of the tap of least depth
  double last_latency_s = 0.55;   ///< of the tap of greatest depth; between them linear in depth
  double width_s = 0.06;          ///< of a response: full width at half maximum
  double skew = 0;  ///< (-1, 1): > 0 rises faster than it falls; the maximum stays at the latency
  Planting planting = Planting::kFull;
  std::string context;  ///< name of the context planted; empty: the longest
  Null null = Null::kNone;
  double onset_share = 0.3;  ///< variance of the response to any word, whatever its content, over
                             ///< that of the content
  double snr =
      0.05;  ///< variance of the responses over that of the background, mean over good sensors
  // recordings
  int64_t num_subjects = 3;
  int64_t num_sensors = 269;
  int64_t num_bad_sensors = 3;
  int64_t rate_hz = 30;  ///< after import
  Band band = {0.1, 20};
  double lead_s = 5;      ///< recorded before the audio begins and after it ends
  double pause_s = 0;     ///< between the blocks of a story
  double multiple_s = 0;  ///< recordings are as long as a whole number of these; 0: as they come
  // what is in the way
  double jitter_s =
      0.01;             ///< SD of the delay of a subject, and again of each word within a subject
  double exponent = 1;  ///< the background's power falls as 1 / f^exponent
  double alpha = 0.5;   ///< power of the alpha rhythm over the rest of the brain's
  double sensor_noise = 0.05;      ///< variance of white noise over that of the brain's field
  double drift = 0.5;              ///< SD of slow drifts before the band-pass
  double impulses_per_minute = 1;  ///< spikes of 5 to 20 SD in a random direction of the sensors
  uint64_t seed = 0;

  /// Throws Error(kCommandLine) naming the option, its value and what is wanted.
  void check() const;
};

}  // namespace lockstep
