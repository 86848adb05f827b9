// Two channels are the real and the imaginary part of one complex signal: every step is linear and
// real. Each is scaled by a power of two first, so that a loud one costs the other no digits.
#include "aligner/signal/low_rate_steps.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>

#include "aligner/signal/low_rate_plan.h"
#include "base/error.h"

namespace lockstep {
namespace {

using Complex = std::complex<double>;
using Signal = std::vector<Complex>;

constexpr int64_t kBlock = int64_t{1} << 15;  // samples that a block adds

/// A channel's samples of one stretch and what they are reflected to outside it.
class ExtendedChannel {
 public:
  ExtendedChannel(const LowRatePlan& plan, std::span<const double> kept)
      : plan_(plan), kept_(kept) {}

  std::vector<double> samples(int stretch, const Stretch& range) const {
    const Stretch& own = plan_.steps.stretches[static_cast<std::size_t>(stretch)];
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(range.length()));
    for (int64_t i = range.first; i < range.end; ++i) {
      const ReflectedSample source = reflected(own, i);
      double value = source.sign * at(stretch, source.sample);
      if (source.anchor >= 0) value += 2 * at(stretch, source.anchor);
      values.push_back(value);
    }
    return values;
  }

 private:
  double at(int stretch, int64_t sample) const {
    const KeptRange& range = range_with(plan_.kept, stretch, sample);
    return kept_[static_cast<std::size_t>(range.offset + sample - range.samples.first)];
  }

  const LowRatePlan& plan_;
  std::span<const double> kept_;
};

/// The decimated samples of a run beyond those that blocks could compute: those near the ends of
/// the stretch, or outside it.
void fill_ends(const LowRatePlan& plan, std::span<const double> kept, std::vector<double>& low) {
  const ExtendedChannel extended(plan, kept);
  const int64_t down = plan.decimator.down();
  const int64_t reach = plan.decimator.reach();
  for (const LowRateRun& run : plan.runs) {
    const Stretch inner = inner_positions(plan, run);
    for (const Stretch& ends : {Stretch{0, inner.first}, Stretch{inner.end, run.count}}) {
      if (ends.length() <= 0) continue;
      const int64_t first = run.first + ends.first * down;
      const Stretch needed{first - reach, first + (ends.length() - 1) * down + reach + 1};
      const auto values = plan.decimator.decimate(
          extended.samples(run.stretch, needed), needed.first, first, ends.length());
      std::copy(values.begin(), values.end(), low.begin() + run.offset + ends.first);
    }
  }
}

double power_of_two(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest > 0 ? std::exp2(-std::ilogb(largest)) : 1;
}

Signal packed(std::span<const double> first,
              std::span<const double> second,
              const std::array<double, 2>& scales) {
  Signal pair(first.size());
  for (std::size_t i = 0; i < pair.size(); ++i) {
    pair[i] = {scales[0] * first[i], scales[1] * second[i]};
  }
  return pair;
}

/// `response` about index 0 of a circle of `length`, transformed.
Signal circular_spectrum(const std::vector<double>& response, int64_t length, Fourier& fourier) {
  Signal circle(static_cast<std::size_t>(length));
  const auto reach = static_cast<int64_t>(response.size() / 2);
  for (int64_t k = -reach; k <= reach; ++k) {
    circle[static_cast<std::size_t>((k + length) % length)] +=
        response[static_cast<std::size_t>(k + reach)];
  }
  fourier.forward(circle);
  return circle;
}

/// The convolution with a symmetric response of `reach` where it stays within the signal: 2 reach
/// samples fewer. Block by block, of the length of the response's spectrum.
Signal convolved(std::span<const Complex> signal,
                 const Signal& spectrum,
                 int64_t reach,
                 Fourier& fourier) {
  const auto size = static_cast<int64_t>(signal.size());
  const auto block = static_cast<int64_t>(spectrum.size());
  const int64_t fresh = block - 2 * reach;
  Signal result(static_cast<std::size_t>(size - 2 * reach));
  for (int64_t at = 0; at < size - 2 * reach; at += fresh) {
    Signal piece(static_cast<std::size_t>(block));
    const int64_t length = std::min(block, size - at);
    std::copy_n(signal.begin() + at, length, piece.begin());
    fourier.forward(piece);
    for (std::size_t k = 0; k < piece.size(); ++k) piece[k] *= spectrum[k];
    fourier.backward(piece);
    const int64_t count = std::min(fresh, size - 2 * reach - at);
    std::copy_n(piece.begin() + reach, count, result.begin() + at);
  }
  return result;
}

/// Filtered samples at the full rate, where the plan has them.
class ExactSamples {
 public:
  ExactSamples(const LowRatePlan& plan, Signal values) : plan_(plan), values_(std::move(values)) {}

  /// Sample i of a padded part, which is a circle.
  Complex padded(const LowRatePart& part, int64_t i) const {
    const int64_t first = -part.resampling.left;
    const int64_t length = part.resampling.padded;
    if (i < first) i += length;
    if (i >= first + length) i -= length;
    const auto after = std::upper_bound(
        part.pieces.begin(), part.pieces.end(), i, [](int64_t at, const PaddedPiece& piece) {
          return at < piece.first;
        });
    const PaddedPiece& piece = *std::prev(after);
    Complex value = static_cast<double>(piece.sign) * at(piece.stretch, piece.source(i));
    if (piece.anchor >= 0) value += 2.0 * anchored(piece.anchor);
    return value;
  }

  Complex anchored(int64_t sample) const {
    for (std::size_t s = 0; s < plan_.steps.stretches.size(); ++s) {
      const Stretch& own = plan_.steps.stretches[s];
      if (sample >= own.first && sample < own.end) return at(static_cast<int>(s), sample);
    }
    return 0;
  }

 private:
  Complex at(int stretch, int64_t sample) const {
    if (stretch < 0) return 0;
    const KeptRange& range = range_with(plan_.exact, stretch, sample);
    return values_[static_cast<std::size_t>(range.offset + sample - range.samples.first)];
  }

  const LowRatePlan& plan_;
  Signal values_;
};

/// Low-rate samples of a padded part: from the filtered runs where they rest on one piece, from
/// samples at the full rate elsewhere.
Signal low_samples(const LowRatePlan& plan,
                   const LowRatePart& part,
                   const std::vector<Signal>& runs,
                   const ExactSamples& exact) {
  const int64_t down = plan.decimator.down();
  const int64_t reach = plan.decimator.reach();
  Signal low(static_cast<std::size_t>(plan.low_length(part)));
  for (const LowRateInside& inside : part.inside) {
    const PaddedPiece& piece = part.pieces[inside.piece];
    const Complex constant = piece.anchor >= 0 ? 2.0 * exact.anchored(piece.anchor) : 0.0;
    const auto count = static_cast<std::size_t>(inside.end - inside.begin);
    for (std::size_t k = 0; k < count; ++k) {
      Complex value = constant;
      if (inside.run >= 0) {
        const Signal& run = runs[static_cast<std::size_t>(inside.run)];
        value += piece.sign > 0 ? run[k] : -run[count - 1 - k];
      }
      low[static_cast<std::size_t>(inside.begin) + k] = value;
    }
  }
  const std::vector<double>& response = plan.decimator.response();
  for (const int64_t t : part.outside) {
    const int64_t first = t * down - part.resampling.left - reach;
    Complex sum = 0;
    for (std::size_t k = 0; k < response.size(); ++k) {
      sum += response[k] * exact.padded(part, first + static_cast<int64_t>(k));
    }
    low[static_cast<std::size_t>(t)] = sum;
  }
  return low;
}

/// The rows of a part from its low-rate samples: the spectrum is cut at the new Nyquist frequency,
/// whose coefficient stands for both signs.
Signal rows_of(const LowRatePlan& plan, const LowRatePart& part, Signal low, Fourier& fourier) {
  const ResamplingPlan& resampling = part.resampling;
  fourier.forward(low);
  const auto length = static_cast<std::size_t>(resampling.resampled);
  Signal cut(length);
  const std::size_t half = (length - 1) / 2;  // coefficients of each sign below Nyquist
  std::copy_n(low.begin(), half + 1, cut.begin());
  std::copy_n(low.end() - static_cast<std::ptrdiff_t>(half),
              half,
              cut.end() - static_cast<std::ptrdiff_t>(half));
  if (length % 2 == 0) cut[length / 2] = low[length / 2] + low[low.size() - length / 2];
  const double scale = static_cast<double>(plan.decimator.down()) *
                       static_cast<double>(resampling.resampled) /
                       static_cast<double>(resampling.padded);
  for (Complex& coefficient : cut) coefficient *= scale;
  fourier.backward(cut);
  return {cut.begin() + resampling.dropped, cut.begin() + resampling.dropped + resampling.kept};
}

}  // namespace

struct LowRateSteps::Prepared {
  LowRatePlan plan;
  Signal low_spectrum;    // of the filter at the low rate; empty without filters
  Signal exact_spectrum;  // of the filter at the full rate
};

LowRateSteps::LowRateSteps(const SignalSteps& steps) {
  auto prepared = std::make_unique<Prepared>(Prepared{plan_low_rate(steps), {}, {}});
  const LowRatePlan& plan = prepared->plan;
  Fourier fourier;
  if (plan.response.size() > 1) {
    constexpr uint64_t kShortest = 16384;  // fits the second-level cache
    const auto block =
        std::max(std::bit_ceil(4 * static_cast<uint64_t>(plan.low_response.size())), kShortest);
    prepared->low_spectrum =
        circular_spectrum(plan.low_response, static_cast<int64_t>(block), fourier);
    int64_t longest = 0;
    for (const KeptRange& range : plan.exact) {
      longest = std::max(longest, range.samples.length());
    }
    const int64_t most = int64_t{1} << 18;
    prepared->exact_spectrum =
        circular_spectrum(plan.response,
                          smooth_length(std::max(std::min(longest, most) + 2 * plan.filter_reach(),
                                                 4 * plan.filter_reach())),
                          fourier);
  }
  prepared_ = std::move(prepared);
}

LowRateSteps::~LowRateSteps() = default;

LowRateSteps::Channel LowRateSteps::channel() const {
  return {std::vector<double>(static_cast<std::size_t>(prepared_->plan.low_size)),
          std::vector<double>(static_cast<std::size_t>(prepared_->plan.kept_size))};
}

int64_t LowRateSteps::channel_bytes() const {
  return (prepared_->plan.low_size + prepared_->plan.kept_size) *
         static_cast<int64_t>(sizeof(double));
}

int64_t LowRateSteps::num_blocks() const {
  return (prepared_->plan.steps.num_samples + kBlock - 1) / kBlock;
}

Stretch LowRateSteps::block_samples(int64_t block) const {
  const int64_t reach = prepared_->plan.decimator.reach();
  return {std::max<int64_t>(block * kBlock - reach, 0),
          std::min((block + 1) * kBlock + reach, prepared_->plan.steps.num_samples)};
}

Stretch LowRateSteps::own_samples(int64_t block) const {
  return {block * kBlock, std::min((block + 1) * kBlock, prepared_->plan.steps.num_samples)};
}

void LowRateSteps::take(Channel& channel, int64_t block, std::span<const double> samples) const {
  const LowRatePlan& plan = prepared_->plan;
  const Stretch given = block_samples(block);
  if (static_cast<int64_t>(samples.size()) != given.length()) {
    fail(Blame::kProgram,
         "LowRateSteps: {} samples for block {}; {} are wanted",
         samples.size(),
         block,
         given.length());
  }
  const Stretch own = own_samples(block);
  const int64_t down = plan.decimator.down();
  for (const LowRateRun& run : plan.runs) {
    const Stretch inner = inner_positions(plan, run);
    // The first position at or after a sample.
    const auto position = [&](int64_t sample) {
      return sample <= run.first ? 0 : (sample - run.first + down - 1) / down;
    };
    const int64_t first = std::max(inner.first, position(own.first));
    const int64_t end = std::min(inner.end, position(own.end));
    if (first >= end) continue;
    const auto values =
        plan.decimator.decimate(samples, given.first, run.first + first * down, end - first);
    std::copy(values.begin(), values.end(), channel.low.begin() + run.offset + first);
  }
  for (const KeptRange& range : plan.kept) {
    const int64_t first = std::max(range.samples.first, own.first);
    const int64_t end = std::min(range.samples.end, own.end);
    if (first >= end) continue;
    std::copy(samples.begin() + (first - given.first),
              samples.begin() + (end - given.first),
              channel.kept.begin() + range.offset + (first - range.samples.first));
  }
}

LowRateSteps::RowsOfTwo LowRateSteps::rows(const Channel& first,
                                           const Channel& second,
                                           Fourier& fourier) const {
  const LowRatePlan& plan = prepared_->plan;
  std::vector<double> low[2] = {first.low, second.low};
  fill_ends(plan, first.kept, low[0]);
  fill_ends(plan, second.kept, low[1]);
  const std::array<double, 2> scales{power_of_two(low[0]), power_of_two(low[1])};

  std::vector<Signal> runs;
  for (const LowRateRun& run : plan.runs) {
    const auto offset = static_cast<std::size_t>(run.offset);
    const auto count = static_cast<std::size_t>(run.count);
    const Signal pair = packed(
        std::span(low[0]).subspan(offset, count), std::span(low[1]).subspan(offset, count), scales);
    runs.push_back(plan.margin() == 0
                       ? pair
                       : convolved(pair, prepared_->low_spectrum, plan.margin(), fourier));
  }
  Signal exact;
  const ExtendedChannel extended_first(plan, first.kept);
  const ExtendedChannel extended_second(plan, second.kept);
  for (const KeptRange& range : plan.exact) {
    const Stretch needed{range.samples.first - plan.filter_reach(),
                         range.samples.end + plan.filter_reach()};
    const Signal pair = packed(extended_first.samples(range.stretch, needed),
                               extended_second.samples(range.stretch, needed),
                               scales);
    const Signal values =
        plan.filter_reach() == 0
            ? pair
            : convolved(pair, prepared_->exact_spectrum, plan.filter_reach(), fourier);
    exact.insert(exact.end(), values.begin(), values.end());
  }
  const ExactSamples samples(plan, std::move(exact));
  RowsOfTwo rows;
  for (const LowRatePart& part : plan.parts) {
    for (const Complex& value :
         rows_of(plan, part, low_samples(plan, part, runs, samples), fourier)) {
      rows.first.push_back(value.real() / scales[0]);
      rows.second.push_back(value.imag() / scales[1]);
    }
  }
  return rows;
}

}  // namespace lockstep
