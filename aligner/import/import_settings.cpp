// Presets, and what the options make of them.
#include "aligner/import/import_settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"

namespace lockstep {
namespace {

/// Paper: arXiv 2512.01591, section 2 (0.1 to 20 Hz, 30 Hz). mne: the same through MNE-Python's
/// defaults, edges and time shifts included. clean: what lies below the new Nyquist frequency with
/// its transition, the surroundings' field taken out, outliers clamped.
ImportSettings preset_of(const std::string& name) {
  ImportSettings settings;
  settings.preset = name;
  settings.rate = SamplingRate{30, 1};
  if (name == "mne") settings.ends = ResamplingEnds::kMne;
  if (name == "clean") {
    settings.band = {.low_hz = 0.1, .high_hz = 12};
    settings.grade = 3;
    settings.grade_where_possible = true;
    settings.scaling = SensorScaling::kRobust;
    settings.clamp = 5;
  }
  return settings;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  if (!std::isfinite(static_cast<double>(number))) return std::nullopt;
  return number;
}

[[noreturn]] void refuse(const char* option, const std::string& found, const char* wanted) {
  fail(Blame::kCommandLine, "{} {}: unknown; {} is wanted", option, found, wanted);
}

Band band_in(const std::string& text) {
  constexpr const char* kWanted = "LOW:HIGH in Hz, one of them may be missing, or none";
  if (text == "none") return {};
  const auto colon = text.find(':');
  if (colon == std::string::npos || text.size() == 1) refuse("--band", text, kWanted);
  Band band;
  const auto low = text.substr(0, colon);
  const auto high = text.substr(colon + 1);
  if (!low.empty()) {
    const auto number = number_in<double>(low);
    if (!number || *number < 0) refuse("--band", text, kWanted);
    band.low_hz = *number;
  }
  if (!high.empty()) {
    const auto number = number_in<double>(high);
    if (!number || *number <= band.low_hz) refuse("--band", text, kWanted);
    band.high_hz = *number;
  }
  return band;
}

std::vector<double> notch_in(const std::string& text) {
  if (text == "none") return {};
  std::vector<double> frequencies;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto number = number_in<double>(std::string_view(text).substr(at, comma - at));
    if (!number || *number <= 0) {
      refuse("--notch", text, "frequencies in Hz with commas between them, or none,");
    }
    frequencies.push_back(*number);
    at = comma + 1;
  }
  return frequencies;
}

std::optional<SamplingRate> rate_in(const std::string& text) {
  constexpr const char* kWanted =
      "samples a second as NUMBER or NUMERATOR/DENOMINATOR, or as_recorded,";
  if (text == "as_recorded") return std::nullopt;
  const auto slash = text.find('/');
  if (slash == std::string::npos) {
    const auto number = number_in<double>(text);
    if (!number || *number < 0.001 || *number > 1e7) refuse("--rate", text, kWanted);
    return exact_rate(*number, "--rate");
  }
  const auto up = number_in<int64_t>(std::string_view(text).substr(0, slash));
  const auto down = number_in<int64_t>(std::string_view(text).substr(slash + 1));
  constexpr int64_t kMost = 1'000'000'000;
  if (!up || !down || *up < 1 || *down < 1 || *up > kMost || *down > kMost) {
    refuse("--rate", text, kWanted);
  }
  const int64_t divisor = std::gcd(*up, *down);
  return SamplingRate{*up / divisor, *down / divisor};
}

void take_grade(const std::string& text, ImportSettings& settings) {
  settings.grade_where_possible = false;
  settings.grade = std::nullopt;
  if (text == "as_recorded") return;
  const auto number = number_in<int32_t>(text);
  if (!number || *number < 0 || *number > 3) refuse("--grade", text, "as_recorded, 0, 1, 2 or 3");
  settings.grade = *number;
}

SensorScaling scaling_in(const std::string& text) {
  if (text == "none") return SensorScaling::kNone;
  if (text == "robust") return SensorScaling::kRobust;
  refuse("--scale", text, "none or robust");
}

double clamp_in(const std::string& text) {
  if (text == "none") return 0;
  const auto number = number_in<double>(text);
  if (!number || *number <= 0) refuse("--clamp", text, "a positive number or none");
  return *number;
}

nlohmann::json number_or_null(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

}  // namespace

std::vector<std::string> import_presets() { return {"paper", "mne", "clean"}; }

ImportSettings import_settings(const ImportChoices& choices) {
  const auto known = import_presets();
  if (std::find(known.begin(), known.end(), choices.preset) == known.end()) {
    fail(Blame::kCommandLine,
         "--preset {}: unknown; {} is wanted",
         choices.preset,
         join(known, " or "));
  }
  ImportSettings settings = preset_of(choices.preset);
  if (!choices.band.empty()) settings.band = band_in(choices.band);
  if (!choices.notch.empty()) settings.notch_hz = notch_in(choices.notch);
  if (!choices.rate.empty()) settings.rate = rate_in(choices.rate);
  if (!choices.sensors.empty()) settings.sensors = choices.sensors;
  if (!choices.grade.empty()) take_grade(choices.grade, settings);
  if (!choices.scaling.empty()) {
    settings.scaling = scaling_in(choices.scaling);
    if (settings.scaling == SensorScaling::kNone) settings.clamp = 0;
  }
  if (!choices.clamp.empty()) settings.clamp = clamp_in(choices.clamp);
  if (settings.clamp > 0 && settings.scaling == SensorScaling::kNone) {
    fail(Blame::kCommandLine,
         "--clamp {}: of values that are not scaled; --scale robust is wanted",
         settings.clamp);
  }
  return settings;
}

nlohmann::json as_json(const ImportSettings& settings) {
  const char* const ends = settings.ends == ResamplingEnds::kMne ? "mne" : "exact";
  nlohmann::json record = {
      {"preset", settings.preset},
      {"band_hz", {settings.band.low_hz, number_or_null(settings.band.high_hz)}},
      {"notch_hz", settings.notch_hz},
      {"rate",
       settings.rate ? nlohmann::json{settings.rate->numerator, settings.rate->denominator}
                     : nlohmann::json("as_recorded")},
      {"resampling", ends},
      {"sensors", settings.sensors},
      {"grade", settings.grade ? nlohmann::json(*settings.grade) : nlohmann::json("as_recorded")},
      {"grade_where_possible", settings.grade_where_possible},
      {"scaling", settings.scaling == SensorScaling::kRobust ? "robust" : "none"},
      {"clamp", settings.clamp}};
  return record;
}

}  // namespace lockstep
