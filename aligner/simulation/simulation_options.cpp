#include "aligner/simulation/simulation_options.h"

#include <array>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::array<std::string_view, 6> kNullNames = {
    "none", "noise", "common", "reverse", "static", "leak"};
constexpr std::array<std::string_view, 2> kPlantingNames = {"full", "unique"};

/// Position of `name` in `names`.
template <std::size_t N>
std::size_t find_name(const std::array<std::string_view, N>& names,
                      const std::string& name,
                      const char* option) {
  for (std::size_t k = 0; k < N; ++k) {
    if (names[k] == name) return k;
  }
  fail(Blame::kCommandLine, "{}: {}; one of {} is wanted", option, name, join(names, ", "));
}

void want(bool is_met, const char* option, double value, const char* wanted) {
  if (!is_met) fail(Blame::kCommandLine, "simulate: {}: {}; {} is wanted", option, value, wanted);
}

}  // namespace

Planting planting_of(const std::string& name) {
  return static_cast<Planting>(find_name(kPlantingNames, name, "--plant"));
}

Null null_of(const std::string& name) {
  return static_cast<Null>(find_name(kNullNames, name, "--null"));
}

std::string name_of(Null null) {
  return null == Null::kNone ? std::string()
                             : std::string(kNullNames[static_cast<std::size_t>(null)]);
}

std::string name_of(Planting planting) {
  return std::string(kPlantingNames[static_cast<std::size_t>(planting)]);
}

void SimulationOptions::check() const {
  want(std::abs(first_latency_s) <= 5 && std::abs(last_latency_s) <= 5,
       "--latency",
       std::max(std::abs(first_latency_s), std::abs(last_latency_s)),
       "at most 5 s from the onset");
  want(width_s >= 0.005 && width_s <= 5, "--width", width_s, "0.005 to 5 s");
  want(skew > -1 && skew < 1, "--skew", skew, "a number between -1 and 1");
  want(onset_share >= 0 && onset_share <= 100, "--onset", onset_share, "0 to 100");
  want(snr > 0 && snr <= 1e6, "--snr", snr, "a number above 0, at most 1e6");
  want(num_subjects >= 1 && num_subjects <= 999,
       "--subjects",
       static_cast<double>(num_subjects),
       "1 to 999");
  want(num_sensors >= 1 && num_sensors <= 9999,
       "--sensors-count",
       static_cast<double>(num_sensors),
       "1 to 9999");
  want(num_bad_sensors >= 0 && num_bad_sensors < num_sensors,
       "--bad-sensors",
       static_cast<double>(num_bad_sensors),
       "0 or more, fewer than sensors");
  want(rate_hz >= 1 && rate_hz <= 1200,
       "--rate",
       static_cast<double>(rate_hz),
       "1 to 1200 samples a second");
  want(band.low_hz > 0 && band.low_hz < static_cast<double>(rate_hz) / 2,
       "--band",
       band.low_hz,
       "a lower border above 0 and below half the rate");
  want(band.high_hz > band.low_hz && band.high_hz <= 300,
       "--band",
       band.high_hz,
       "an upper border above the lower one, at most 300 Hz");
  want(jitter_s >= 0 && jitter_s <= 1, "--jitter", jitter_s, "0 to 1 s");
  want(exponent >= 0 && exponent <= 4, "--exponent", exponent, "0 to 4");
  want(alpha >= 0 && alpha <= 100, "--alpha", alpha, "0 to 100");
  want(sensor_noise > 0 && sensor_noise <= 100,
       "--sensor-noise",
       sensor_noise,
       "a number above 0, at most 100");
  want(drift >= 0 && drift <= 1000, "--drift", drift, "0 to 1000");
  want(impulses_per_minute >= 0 && impulses_per_minute <= 600,
       "--impulses",
       impulses_per_minute,
       "0 to 600 a minute");
}

}  // namespace lockstep
