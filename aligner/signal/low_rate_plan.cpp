// With D the factor, g the decimator's low-pass, h the filters and z a padded part of the filtered
// signal, the spectrum of z below the new Nyquist frequency is that of w(t) = (g * z)(D t - left),
// which folds nothing back. Where g lies within one piece of z, w is (g * h * x) at the piece's
// source: the recording x decimated, then filtered at the low rate by h without what g stops. Where
// it does not, z itself is needed at the full rate.
#include "aligner/signal/low_rate_plan.h"

#include <algorithm>
#include <cmath>

#include "aligner/signal/fourier.h"
#include "base/error.h"

namespace lockstep {
namespace {

// Of the low rate's Nyquist frequency: nothing is left from here on. The filter at the low rate
// needs the rest for a transition of its own, which costs little, it being at the low rate.
constexpr double kDecimatorStop = 0.96;

/// The frequency in cycles a sample up to which the result has anything.
double kept_band(const SignalSteps& steps) {
  double band = 0;
  for (const Stretch& part : steps.parts) {
    const ResamplingPlan plan = plan_resampling(part.length(), steps.ratio, steps.ends);
    band = std::max(band,
                    0.5 * static_cast<double>(plan.resampled) / static_cast<double>(plan.padded));
  }
  return band;
}

/// The largest factor that divides the lengths of all padded parts and leaves at least twice the
/// band; 1 if there is none.
int64_t low_rate_factor(const SignalSteps& steps) {
  const auto most = static_cast<int64_t>(0.25 / kept_band(steps) * (1 + 1e-6));
  for (int64_t factor = most; factor > 1; --factor) {
    const bool divides = std::all_of(steps.parts.begin(), steps.parts.end(), [&](const auto& part) {
      return plan_resampling(part.length(), steps.ratio, steps.ends).padded % factor == 0;
    });
    if (divides) return factor;
  }
  return 1;
}

Decimator decimator_for(const SignalSteps& steps) {
  const int64_t factor = low_rate_factor(steps);
  return {
      factor, kept_band(steps) * (1 + 1e-9), kDecimatorStop * 0.5 / static_cast<double>(factor)};
}

std::vector<double> convolved(const std::vector<double>& a, const std::vector<double>& b) {
  const std::size_t length = a.size() + b.size() - 1;
  std::vector<double> long_a(static_cast<std::size_t>(smooth_length(static_cast<int64_t>(length))));
  std::vector<double> long_b(long_a.size(), 0.0);
  std::copy(a.begin(), a.end(), long_a.begin());
  std::copy(b.begin(), b.end(), long_b.begin());
  Fourier fourier;
  auto product = fourier.spectrum(long_a);
  const auto factor = fourier.spectrum(long_b);
  for (std::size_t k = 0; k < product.size(); ++k) product[k] *= factor[k];
  std::vector<double> sum = fourier.signal(product, static_cast<int64_t>(long_a.size()));
  sum.resize(length);
  return sum;
}

std::vector<double> all_filters(const SignalSteps& steps) {
  std::vector<double> response{1.0};
  for (const auto& filter : steps.filters) {
    response = response.size() == 1 ? filter : convolved(response, filter);
  }
  return response;
}

/// Every factor-th sample of the response without what the decimator stops.
std::vector<double> at_low_rate(const std::vector<double>& response, int64_t factor) {
  if (response.size() == 1) return response;
  const double fold = 1 / static_cast<double>(factor);
  const double stop = kDecimatorStop * 0.5 * fold;
  const std::vector<double> limited = convolved(response, sharp_low_pass(stop, fold - stop));
  const auto middle = static_cast<int64_t>(limited.size() / 2);
  const int64_t reach = middle / factor;
  std::vector<double> low;
  for (int64_t k = -reach; k <= reach; ++k) {
    low.push_back(limited[static_cast<std::size_t>(middle + k * factor)] *
                  static_cast<double>(factor));
  }
  return low;
}

/// How far a stretch is reflected at most, and with what it is reflected.
int64_t deepest_reflection(const LowRatePlan& plan) {
  return plan.filter_reach() + plan.margin() * plan.decimator.down() + 4 * plan.decimator.reach();
}

int64_t size_of(const std::vector<KeptRange>& ranges) {
  return ranges.empty() ? 0 : ranges.back().offset + ranges.back().samples.length();
}

/// Sorts ranges, joins those of a stretch that touch or nearly do, and lays them in a list.
std::vector<KeptRange> joined(std::vector<KeptRange> ranges) {
  constexpr int64_t kNear = 1024;
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return a.samples.first < b.samples.first;
  });
  std::vector<KeptRange> all;
  for (const KeptRange& range : ranges) {
    if (!all.empty() && all.back().stretch == range.stretch &&
        range.samples.first <= all.back().samples.end + kNear) {
      all.back().samples.end = std::max(all.back().samples.end, range.samples.end);
    } else {
      all.push_back(range);
    }
  }
  int64_t offset = 0;
  for (KeptRange& range : all) {
    range.offset = offset;
    offset += range.samples.length();
  }
  return all;
}

/// Low-rate samples of a part whose reach lies in z from `first` to `end`.
Stretch samples_within(const LowRatePlan& plan,
                       const LowRatePart& part,
                       int64_t first,
                       int64_t end) {
  const int64_t down = plan.decimator.down();
  const int64_t lowest = first + plan.decimator.reach() + part.resampling.left;
  const int64_t highest = end - 1 - plan.decimator.reach() + part.resampling.left;
  if (highest < lowest) return {0, 0};
  return {(lowest + down - 1) / down, highest / down + 1};
}

void plan_piece(LowRatePlan& plan, LowRatePart& part, std::size_t index) {
  const PaddedPiece& piece = part.pieces[index];
  const Stretch own = samples_within(plan, part, piece.first, piece.end);
  if (own.length() <= 0) return;
  LowRateInside inside{.begin = own.first, .end = own.end, .piece = index, .run = -1};
  if (piece.stretch >= 0) {
    const int64_t down = plan.decimator.down();
    const int64_t a = piece.source(own.first * down - part.resampling.left);
    const int64_t b = piece.source((own.end - 1) * down - part.resampling.left);
    LowRateRun run{.stretch = piece.stretch,
                   .first = std::min(a, b) - plan.margin() * down,
                   .count = own.length() + 2 * plan.margin(),
                   .offset = plan.low_size};
    plan.low_size += run.count;
    inside.run = static_cast<int>(plan.runs.size());
    plan.runs.push_back(run);
  }
  part.inside.push_back(inside);
}

void plan_part(LowRatePlan& plan, const Stretch& samples) {
  LowRatePart part;
  part.resampling = plan_resampling(samples.length(), plan.steps.ratio, plan.steps.ends);
  part.pieces = padded_pieces(plan.steps.stretches, samples, part.resampling);
  for (std::size_t piece = 0; piece < part.pieces.size(); ++piece) plan_piece(plan, part, piece);
  int64_t at = 0;
  for (const LowRateInside& inside : part.inside) {
    for (; at < inside.begin; ++at) part.outside.push_back(at);
    at = inside.end;
  }
  for (; at < plan.low_length(part); ++at) part.outside.push_back(at);
  plan.parts.push_back(std::move(part));
}

/// Adds the filtered samples that z from `first` to `end` (within -left to length + right) needs.
void need_exact(const LowRatePart& part,
                int64_t first,
                int64_t end,
                std::vector<KeptRange>& ranges) {
  for (const PaddedPiece& piece : part.pieces) {
    const int64_t from = std::max(first, piece.first);
    const int64_t to = std::min(end, piece.end);
    if (from >= to || piece.stretch < 0) continue;
    const int64_t a = piece.source(from);
    const int64_t b = piece.source(to - 1);
    ranges.push_back({piece.stretch, {std::min(a, b), std::max(a, b) + 1}, 0});
  }
}

int stretch_of(const SignalSteps& steps, int64_t sample) {
  for (std::size_t s = 0; s < steps.stretches.size(); ++s) {
    if (sample >= steps.stretches[s].first && sample < steps.stretches[s].end) {
      return static_cast<int>(s);
    }
  }
  return -1;
}

void plan_exact(LowRatePlan& plan) {
  std::vector<KeptRange> ranges;
  const int64_t reach = plan.decimator.reach();
  for (const LowRatePart& part : plan.parts) {
    const int64_t padded = part.resampling.padded;
    for (const int64_t low : part.outside) {
      const int64_t middle = low * plan.decimator.down() - part.resampling.left;
      // The padded part is a circle.
      for (const int64_t turn : {-padded, int64_t{0}, padded}) {
        need_exact(part, middle - reach + turn, middle + reach + 1 + turn, ranges);
      }
    }
    for (const PaddedPiece& piece : part.pieces) {
      if (piece.anchor < 0) continue;
      const int stretch = stretch_of(plan.steps, piece.anchor);
      if (stretch >= 0) ranges.push_back({stretch, {piece.anchor, piece.anchor + 1}, 0});
    }
  }
  plan.exact = joined(std::move(ranges));
  plan.exact_size = size_of(plan.exact);
}

void plan_kept(LowRatePlan& plan) {
  std::vector<KeptRange> ranges;
  const auto need = [&](int stretch, int64_t first, int64_t end) {
    const Stretch& own = plan.steps.stretches[static_cast<std::size_t>(stretch)];
    const Stretch within{std::max(first, own.first), std::min(end, own.end)};
    if (within.length() > 0) ranges.push_back({stretch, within, 0});
  };
  for (const KeptRange& exact : plan.exact) {
    need(exact.stretch,
         exact.samples.first - plan.filter_reach(),
         exact.samples.end + plan.filter_reach());
  }
  const int64_t depth = deepest_reflection(plan);
  for (const LowRateRun& run : plan.runs) {
    const Stretch& own = plan.steps.stretches[static_cast<std::size_t>(run.stretch)];
    const Stretch inner = inner_positions(plan, run);
    if (inner.first > 0) need(run.stretch, own.first, own.first + depth);
    if (inner.end < run.count) need(run.stretch, own.end - depth, own.end);
  }
  plan.kept = joined(std::move(ranges));
  plan.kept_size = size_of(plan.kept);
}

LowRatePlan filters_of(const SignalSteps& steps) {
  LowRatePlan plan{.steps = steps,
                   .decimator = decimator_for(steps),
                   .response = all_filters(steps),
                   .low_response = {},
                   .parts = {},
                   .runs = {},
                   .exact = {},
                   .kept = {}};
  plan.low_response = at_low_rate(plan.response, plan.decimator.down());
  return plan;
}

}  // namespace

bool has_low_rate(const SignalSteps& steps) {
  if (steps.ratio.down < 4 * steps.ratio.up || low_rate_factor(steps) < 2) return false;
  const LowRatePlan plan = filters_of(steps);
  const auto is_long = [&](const Stretch& stretch) {
    return stretch.length() > 2 * deepest_reflection(plan);
  };
  return !steps.stretches.empty() &&
         std::all_of(steps.stretches.begin(), steps.stretches.end(), is_long) &&
         std::all_of(steps.parts.begin(), steps.parts.end(), is_long);
}

LowRatePlan plan_low_rate(const SignalSteps& steps) {
  LowRatePlan plan = filters_of(steps);
  for (const Stretch& part : steps.parts) plan_part(plan, part);
  plan_exact(plan);
  plan_kept(plan);
  return plan;
}

const KeptRange& range_with(const std::vector<KeptRange>& ranges, int stretch, int64_t sample) {
  const auto after = std::upper_bound(
      ranges.begin(), ranges.end(), sample, [](int64_t at, const KeptRange& range) {
        return at < range.samples.first;
      });
  if (after == ranges.begin() || std::prev(after)->stretch != stretch ||
      sample >= std::prev(after)->samples.end) {
    fail(Blame::kProgram, "sample {} of stretch {} was not kept", sample, stretch);
  }
  return *std::prev(after);
}

Stretch inner_positions(const LowRatePlan& plan, const LowRateRun& run) {
  const Stretch& own = plan.steps.stretches[static_cast<std::size_t>(run.stretch)];
  const int64_t down = plan.decimator.down();
  const int64_t lowest = own.first + plan.decimator.reach();
  const int64_t highest = own.end - 1 - plan.decimator.reach();
  const int64_t first = run.first >= lowest ? 0 : (lowest - run.first + down - 1) / down;
  const int64_t end = highest < run.first ? 0 : (highest - run.first) / down + 1;
  return {std::min(first, run.count),
          std::max(std::min(end, run.count), std::min(first, run.count))};
}

}  // namespace lockstep
