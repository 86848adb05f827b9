#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aligner/recordings/sampling_rate.h"
#include "aligner/signal/fir_filter.h"
#include "aligner/signal/resampling.h"

namespace lockstep {

enum class SensorScaling {
  kNone,   ///< values in the sensor's unit
  kRobust  ///< median 0, distance of the quartiles 1, each sensor of each recording by itself
};

/// What is done to every recording.
struct ImportSettings {
  std::string preset = "paper";
  Band band{.low_hz = 0.1, .high_hz = 20};
  std::vector<double> notch_hz;      ///< frequencies stopped before the band-pass
  std::optional<SamplingRate> rate;  ///< new samples a second; nothing: as recorded
  ResamplingEnds ends = ResamplingEnds::kExact;
  std::string sensors = "gradiometers";
  std::optional<int32_t> grade;       ///< of gradient compensation; nothing: as recorded
  bool grade_where_possible = false;  ///< recordings without compensation keep what they have
  SensorScaling scaling = SensorScaling::kNone;
  double clamp = 0;  ///< largest absolute value after scaling; 0: none
};

/// What the command line says; empty: as the preset has it.
struct ImportChoices {
  std::string preset = "paper";
  std::string band;     ///< "0.1:20", ":20", "1:", "none"
  std::string notch;    ///< "50,100", "none"
  std::string rate;     ///< "30", "125/4", "as_recorded"
  std::string sensors;  ///< "gradiometers", "meg", "meg+ref", kinds of channel with commas
  std::string grade;    ///< "as_recorded", "0" to "3"
  std::string scaling;  ///< "none", "robust"
  std::string clamp;    ///< "5", "none"
};

/// The names of the presets: paper, mne, clean.
std::vector<std::string> import_presets();

/// The preset with what was chosen in place of it. Throws Error(kCommandLine) naming the option.
ImportSettings import_settings(const ImportChoices& choices);

/// For provenance.
nlohmann::json as_json(const ImportSettings& settings);

}  // namespace lockstep
