#include "models/layers/rotary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::array kTypes = {"default", "dynamic", "factors", "linear", "llama3", "yarn"};

double number(const RopeSpec& spec, const std::string& name) { return spec.numbers.at(name); }

std::optional<double> optional_number(const RopeSpec& spec, const std::string& name) {
  const auto found = spec.numbers.find(name);
  return found == spec.numbers.end() ? std::nullopt : std::optional(found->second);
}

// Llama 3.1's: long waves are stretched, short ones kept, those between blended.
at::Tensor scale_llama3(const RopeSpec& spec, const at::Tensor& frequencies) {
  const double factor = number(spec, "factor");
  const double low = number(spec, "low_freq_factor");
  const double high = number(spec, "high_freq_factor");
  const double original = number(spec, "original_max_positions");
  const auto wave = (2 * std::numbers::pi) / frequencies;
  const auto smooth = (original / wave - low) / (high - low);
  const auto between = (1 - smooth) * frequencies / factor + smooth * frequencies;
  const auto stretched = at::where(wave > original / low, frequencies / factor, between);
  return at::where(wave < original / high, frequencies, stretched);
}

// YaRN (Peng et al. 2023), section 3.2: a ramp from kept to stretched frequencies.
at::Tensor scale_yarn(const RopeSpec& spec, const at::Tensor& frequencies) {
  const double original = number(spec, "original_max_positions");
  const auto dims = static_cast<double>(spec.dims);
  const auto edge = [&](double rotations) {
    return dims * std::log(original / (rotations * 2 * std::numbers::pi)) /
           (2 * std::log(spec.theta));
  };
  double low = edge(number(spec, "beta_fast"));
  double high = edge(number(spec, "beta_slow"));
  if (optional_number(spec, "truncate").value_or(1) != 0) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dims - 1);
  const auto steps = at::arange(spec.dims / 2, at::kFloat);
  const auto ramp = ((steps - low) / std::max(high - low, 0.001)).clamp(0, 1);
  return frequencies / number(spec, "factor") * ramp + frequencies * (1 - ramp);
}

double yarn_multiplier(const RopeSpec& spec) {
  if (const auto given = optional_number(spec, "attention_factor")) return *given;
  const double factor = number(spec, "factor");
  const auto stretch = [&](double weight) {
    return factor <= 1 ? 1.0 : 0.1 * weight * std::log(factor) + 1.0;
  };
  const double one = optional_number(spec, "mscale").value_or(0);
  const double all = optional_number(spec, "mscale_all_dim").value_or(0);
  return one != 0 && all != 0 ? stretch(one) / stretch(all) : stretch(1);
}

}  // namespace

void check_rotary(const RopeSpec& spec, const std::string& where) {
  if (spec.layout != "half" && spec.layout != "interleaved") {
    fail(Blame::kData,
         "{}.layout: \"{}\" is not supported; one of half, interleaved is wanted",
         where,
         spec.layout);
  }
  if (std::find(kTypes.begin(), kTypes.end(), spec.type) == kTypes.end()) {
    fail(Blame::kData,
         "{}.scaling.type: \"{}\" is not supported; one of {} is wanted",
         where,
         spec.type,
         join(kTypes, ", "));
  }
  if (spec.dims < 2 || spec.dims % 2 != 0 || spec.dims > spec.head_dim) {
    fail(Blame::kData,
         "{}.dims: {}; an even number from 2 to the head's {} is wanted",
         where,
         spec.dims,
         spec.head_dim);
  }
  const auto needs = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (!spec.numbers.contains(name)) fail(Blame::kData, "{}.scaling.{}: missing", where, name);
    }
  };
  if (spec.type == "linear") needs({"factor"});
  if (spec.type == "yarn") needs({"factor", "original_max_positions", "beta_fast", "beta_slow"});
  if (spec.type == "llama3") {
    needs({"factor", "original_max_positions", "low_freq_factor", "high_freq_factor"});
  }
}

Rotary::Rotary(const RopeSpec& spec, const at::Tensor& factors) {
  const auto exponents = at::arange(0, spec.dims, 2, at::kLong).to(at::kFloat) / spec.dims;
  frequencies_ = 1.0 / at::pow(spec.theta, exponents);
  if (factors.defined()) frequencies_ = frequencies_ / factors;
  if (spec.type == "linear") frequencies_ = frequencies_ / number(spec, "factor");
  if (spec.type == "llama3") frequencies_ = scale_llama3(spec, frequencies_);
  if (spec.type == "yarn") {
    frequencies_ = scale_yarn(spec, frequencies_);
    multiplier_ = yarn_multiplier(spec);
  }
}

RotaryTable Rotary::table(int64_t num_positions) const {
  const auto angles =
      at::arange(num_positions, at::kFloat).unsqueeze(1) * frequencies_.unsqueeze(0);
  if (multiplier_ == 1) return {angles.cos(), angles.sin()};
  return {angles.cos() * multiplier_, angles.sin() * multiplier_};
}

}  // namespace lockstep
