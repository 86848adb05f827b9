#include "models/layers/rotary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::array kTypes = {
    "default", "dynamic", "factors", "linear", "llama3", "longrope", "proportional", "yarn"};

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

/// theta^(2j / width) for j < count: the wave of pair j turns once in 2 pi of these.
at::Tensor powers(double theta, int64_t count, int64_t width) {
  const auto exponents = at::arange(0, 2 * count, 2, at::kLong).to(at::kFloat) / width;
  return at::pow(theta, exponents);
}

// YaRN (Peng et al. 2023), section 3.2: a ramp from kept to stretched frequencies.
at::Tensor yarn_frequencies(const RopeSpec& spec) {
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
  if (low == high) high += 0.001;  // as transformers does
  const auto turns = powers(spec.theta, spec.dims / 2, spec.dims);
  const auto steps = at::arange(spec.dims / 2, at::kFloat);
  const auto kept = 1 - ((steps - low) / (high - low)).clamp(0, 1);
  return 1.0 / (number(spec, "factor") * turns) * (1 - kept) + 1.0 / turns * kept;
}

// Gemma 4's global layers: the first of all pairs turn, with the whole head in the exponent.
at::Tensor proportional_frequencies(const RopeSpec& spec) {
  const auto turning =
      static_cast<int64_t>(number(spec, "partial") * static_cast<double>(spec.dims) / 2);
  const auto frequencies = 1.0 / powers(spec.theta, turning, spec.dims);
  const auto still = at::zeros({spec.dims / 2 - turning}, at::kFloat);
  return at::cat({frequencies, still}) / number(spec, "factor");
}

// LongRoPE (Ding et al. 2024): a divisor for each pair.
at::Tensor divided_frequencies(const RopeSpec& spec, const std::string& list) {
  const std::vector<double>& divisors = spec.lists.at(list);
  return 1.0 / (at::tensor(divisors, at::kFloat) * powers(spec.theta, spec.dims / 2, spec.dims));
}

double longrope_multiplier(const RopeSpec& spec) {
  if (const auto given = optional_number(spec, "attention_factor")) return *given;
  const double factor = number(spec, "factor");
  if (factor <= 1) return 1;
  return std::sqrt(1 + std::log(factor) / std::log(number(spec, "original_max_positions")));
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

// A parameter in (above, up_to].
void check_number(const RopeSpec& spec,
                  const std::string& where,
                  const std::string& name,
                  double above,
                  double up_to = std::numeric_limits<double>::infinity()) {
  const auto found = spec.numbers.find(name);
  if (found == spec.numbers.end()) fail(Blame::kData, "{}.scaling.{}: missing", where, name);
  if (found->second > above && found->second <= up_to) return;
  fail(Blame::kData,
       "{}.scaling.{}: {}; a number above {}{} is wanted",
       where,
       name,
       found->second,
       above,
       std::isinf(up_to) ? "" : text(", up to {},", up_to));
}

// One divisor for each pair.
void check_divisors(const RopeSpec& spec, const std::string& where, const std::string& name) {
  const auto found = spec.lists.find(name);
  const std::vector<double> divisors =
      found == spec.lists.end() ? std::vector<double>() : found->second;
  if (static_cast<int64_t>(divisors.size()) != spec.dims / 2) {
    fail(Blame::kData,
         "{}.scaling.{}: {} numbers; {}, one for each pair of dims, are wanted",
         where,
         name,
         divisors.size(),
         spec.dims / 2);
  }
  for (const double divisor : divisors) {
    if (divisor > 0) continue;
    fail(Blame::kData, "{}.scaling.{}: {}; positive numbers are wanted", where, name, divisor);
  }
}

// The parameters that the type reads, with values that it can compute with.
void check_parameters(const RopeSpec& spec, const std::string& where) {
  const std::string& type = spec.type;
  const auto needs = [&](const char* name, double above) {
    check_number(spec, where, name, above);
  };
  if (type == "dynamic") needs("max_positions", 0);
  if (type == "linear") needs("factor", 0);
  if (type == "proportional") {
    needs("factor", 0);
    check_number(spec, where, "partial", 0, 1);
  }
  if (type == "llama3" || type == "yarn" || type == "longrope") {
    needs("factor", 0);
    needs("original_max_positions", 1);
  }
  if (type == "llama3") {
    needs("low_freq_factor", 0);
    needs("high_freq_factor", number(spec, "low_freq_factor"));
  }
  if (type == "yarn") {
    needs("beta_fast", 0);
    needs("beta_slow", 0);
    if (spec.theta <= 1) {
      fail(Blame::kData, "{}.theta: {}; a number above 1 is wanted", where, spec.theta);
    }
  }
  if (type == "longrope") {
    check_divisors(spec, where, "short_factor");
    check_divisors(spec, where, "long_factor");
  }
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
  check_parameters(spec, where);
}

void check_window(const RopeSpec& spec, const std::string& where, int64_t longest) {
  if (spec.type != "dynamic") return;
  const auto limit = static_cast<int64_t>(number(spec, "max_positions"));
  if (longest <= limit) return;
  fail(Blame::kData,
       "a window of {} tokens: {} is dynamic, whose frequencies beyond {} tokens depend on the "
       "sequences before; give it less context",
       longest,
       where,
       limit);
}

Rotary::Rotary(const RopeSpec& spec, const at::Tensor& factors) {
  frequencies_ = 1.0 / powers(spec.theta, spec.dims / 2, spec.dims);
  if (factors.defined()) frequencies_ = frequencies_ / factors;
  if (spec.type == "linear") frequencies_ = frequencies_ / number(spec, "factor");
  if (spec.type == "llama3") frequencies_ = scale_llama3(spec, frequencies_);
  if (spec.type == "proportional") frequencies_ = proportional_frequencies(spec);
  if (spec.type == "yarn") {
    frequencies_ = yarn_frequencies(spec);
    multiplier_ = yarn_multiplier(spec);
  }
  if (spec.type == "longrope") {
    frequencies_ = divided_frequencies(spec, "short_factor");
    long_frequencies_ = divided_frequencies(spec, "long_factor");
    multiplier_ = longrope_multiplier(spec);
    border_ = static_cast<int64_t>(number(spec, "original_max_positions"));
  }
}

RotaryAngles Rotary::angles(const at::Tensor& frequencies, int64_t num_positions) const {
  const auto angles = at::arange(num_positions, at::kFloat).unsqueeze(1) * frequencies.unsqueeze(0);
  if (multiplier_ == 1) return {angles.cos(), angles.sin()};
  return {angles.cos() * multiplier_, angles.sin() * multiplier_};
}

RotaryTable Rotary::table(int64_t longest) const {
  RotaryTable table;
  table.border = border_;
  table.usual = angles(frequencies_, std::min(longest, border_));
  if (longest > border_) table.beyond = angles(long_frequencies_, longest);
  return table;
}

}  // namespace lockstep
