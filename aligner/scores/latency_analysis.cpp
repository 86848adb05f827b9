// From curves of scores to peak times, temporal scores, their intervals and their null.
#include "aligner/scores/latency_analysis.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::size_t kBandPoints = 9;

std::span<const double> shifted_curve(const ScoreCurves& curves,
                                      std::size_t draw,
                                      std::size_t tap) {
  return std::span(curves.shifted)
      .subspan((draw * curves.num_taps + tap) * curves.num_times, curves.num_times);
}

// Peaks of shifted words: draw x tap.
std::vector<PeakTime> shifted_peaks(const ScoreCurves& curves,
                                    std::span<const double> times_s,
                                    const PeakRule& rule) {
  std::vector<PeakTime> peaks;
  for (std::size_t draw = 0; draw < curves.num_shifts(); ++draw) {
    for (std::size_t tap = 0; tap < curves.num_taps; ++tap) {
      peaks.push_back(peak_time(shifted_curve(curves, draw, tap), times_s, rule));
    }
  }
  return peaks;
}

ShiftNull shift_null(const ScoreCurves& curves,
                     const std::vector<PeakTime>& peaks,
                     const LatencyOptions& options) {
  std::vector<double> largest(curves.num_shifts(), kNoScore);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    double& so_far = largest[i / curves.num_taps];
    so_far = std::fmax(so_far, peaks[i].maximum);  // NaN only if both are
  }
  ShiftNull null{.threshold = upper_threshold(largest, 1 - options.null_level), .middle = {}};
  std::vector<double> values(curves.num_shifts() * curves.num_taps);
  for (std::size_t time = 0; time < curves.num_times; ++time) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = curves.shifted[i * curves.num_times + time];
    }
    null.middle.push_back(percentile_interval(values, options.level));
  }
  return null;
}

std::vector<double> peak_times_of(const std::vector<LayerPeak>& layers) {
  std::vector<double> times_s;
  for (const LayerPeak& layer : layers) times_s.push_back(layer.peak.time_s);
  return times_s;
}

std::vector<LayerPeak> observed_peaks(const ScoreCurves& curves,
                                      std::span<const double> times_s,
                                      const std::optional<ShiftNull>& null,
                                      const LatencyOptions& options) {
  std::vector<LayerPeak> layers;
  for (std::size_t tap = 0; tap < curves.num_taps; ++tap) {
    const auto curve = std::span(curves.observed).subspan(tap * curves.num_times, curves.num_times);
    LayerPeak layer{peak_time(curve, times_s, options.peak), {}, {}, {}};
    if (null) {
      layer.above_null = layer.peak.maximum > null->threshold;
      const bool keeps_peak = *layer.above_null || options.below_null == BelowNull::kIsFlagged;
      if (!keeps_peak) layer.peak.time_s = kNoScore;
    }
    layers.push_back(layer);
  }
  return layers;
}

// r of each draw of shifted words, over the layers that have a peak in the observed curves.
std::vector<double> shifted_scores(const std::vector<PeakTime>& peaks,
                                   const std::vector<LayerPeak>& layers,
                                   std::span<const double> depths) {
  std::vector<double> scores;
  std::vector<double> times_s(layers.size());
  for (std::size_t first = 0; first < peaks.size(); first += layers.size()) {
    for (std::size_t tap = 0; tap < layers.size(); ++tap) {
      const bool has_peak = std::isfinite(layers[tap].peak.time_s);
      times_s[tap] = has_peak ? peaks[first + tap].time_s : kNoScore;
    }
    scores.push_back(temporal_score(depths, times_s).r);
  }
  return scores;
}

struct DrawnLines {
  std::vector<double> r;  // one a draw, as the others
  std::vector<double> slope;
  std::vector<double> start_s;
};

// Layers without an observed peak have none in any draw.
DrawnLines drawn_lines(const std::vector<TapDraws>& taps,
                       const std::vector<LayerPeak>& layers,
                       std::span<const double> depths,
                       int num_peaks) {
  DrawnLines lines;
  std::vector<double> peaks_s(depths.size());
  for (std::size_t draw = 0; draw < taps.front().time_s.size(); ++draw) {
    for (std::size_t tap = 0; tap < depths.size(); ++tap) {
      const bool has_peak = std::isfinite(layers[tap].peak.time_s);
      peaks_s[tap] = has_peak ? taps[tap].time_s[draw] : kNoScore;
    }
    TemporalScore score = temporal_score(depths, peaks_s);
    // A draw that lost a layer has no line that could be compared.
    if (score.n != num_peaks) score = TemporalScore{};
    // One peak time for all layers: no r, but a line it is.
    if (score.distinct == 1) {
      score.slope = 0;
      for (const double peak_s : peaks_s) {
        if (std::isfinite(peak_s)) score.start_s = peak_s;
      }
    }
    lines.r.push_back(score.r);
    lines.slope.push_back(score.slope);
    lines.start_s.push_back(score.start_s);
  }
  return lines;
}

FittedBand fitted_band(const DrawnLines& lines, std::span<const double> depths, double level) {
  FittedBand band;
  const auto [first, last] = std::minmax_element(depths.begin(), depths.end());
  std::vector<double> height_s(lines.slope.size());
  for (std::size_t i = 0; i < kBandPoints; ++i) {
    const double depth = *first + (*last - *first) * static_cast<double>(i) / (kBandPoints - 1);
    for (std::size_t draw = 0; draw < height_s.size(); ++draw) {
      height_s[draw] = lines.start_s[draw] + lines.slope[draw] * depth;
    }
    band.depth.push_back(depth);
    band.time_s.push_back(percentile_interval(height_s, level));
  }
  return band;
}

std::vector<double> largest_of_any_tap(const std::vector<TapDraws>& taps) {
  std::vector<double> largest = taps.front().maximum;
  for (const TapDraws& tap : taps) {
    // std::fmax is NaN only if both are.
    std::transform(largest.begin(),
                   largest.end(),
                   tap.maximum.begin(),
                   largest.begin(),
                   [](double a, double b) { return std::fmax(a, b); });
  }
  return largest;
}

std::size_t best_tap(const std::vector<LayerPeak>& layers) {
  std::size_t best = 0;
  for (std::size_t tap = 1; tap < layers.size(); ++tap) {
    const bool is_better = layers[tap].peak.maximum > layers[best].peak.maximum;
    if (is_better || std::isnan(layers[best].peak.maximum)) best = tap;
  }
  return best;
}

}  // namespace

std::vector<double> mean_over_subjects(std::span<const std::vector<double>> subjects) {
  if (subjects.empty()) fail(Blame::kProgram, "mean over subjects: none; one at least");
  std::vector<double> mean = subjects.front();
  for (const std::vector<double>& more : subjects.subspan(1)) {
    if (more.size() != mean.size()) {
      fail(Blame::kProgram, "mean over subjects: {} values and {}", mean.size(), more.size());
    }
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += more[i];
  }
  for (double& value : mean) value /= static_cast<double>(subjects.size());
  return mean;
}

TapDraws summarise_draws(std::span<const double> scores,
                         std::span<const double> times_s,
                         const PeakRule& rule,
                         double level) {
  const std::size_t num_draws = scores.size() / times_s.size();
  TapDraws summary;
  for (std::size_t draw = 0; draw < num_draws; ++draw) {
    const auto curve = scores.subspan(draw * times_s.size(), times_s.size());
    const PeakTime peak = peak_time(curve, times_s, rule);
    summary.time_s.push_back(peak.time_s);
    summary.maximum.push_back(peak.maximum);
  }
  std::vector<double> values(num_draws);
  for (std::size_t time = 0; time < times_s.size(); ++time) {
    for (std::size_t draw = 0; draw < num_draws; ++draw) {
      values[draw] = scores[draw * times_s.size() + time];
    }
    summary.score.push_back(percentile_interval(values, level));
  }
  return summary;
}

LatencyAnalysis analyse_latencies(const ScoreCurves& curves,
                                  std::span<const double> depths,
                                  std::span<const double> times_s,
                                  const LatencyOptions& options) {
  if (depths.size() != curves.num_taps || times_s.size() != curves.num_times ||
      curves.observed.size() != depths.size() * times_s.size()) {
    fail(Blame::kProgram,
         "latencies: {} depths, {} times, {} scores; {} x {}",
         depths.size(),
         times_s.size(),
         curves.observed.size(),
         curves.num_taps,
         curves.num_times);
  }
  LatencyAnalysis analysis;
  const std::vector<PeakTime> shifted = shifted_peaks(curves, times_s, options.peak);
  if (!shifted.empty()) analysis.null = shift_null(curves, shifted, options);
  analysis.layers = observed_peaks(curves, times_s, analysis.null, options);
  analysis.best_tap = best_tap(analysis.layers);
  if (!analysis.layers.empty()) analysis.best_r = analysis.layers[analysis.best_tap].peak.maximum;
  analysis.temporal = temporal_score(depths, peak_times_of(analysis.layers));
  analysis.p_shift = upper_p(analysis.temporal.r, shifted_scores(shifted, analysis.layers, depths));
  if (curves.taps.empty()) return analysis;

  for (std::size_t tap = 0; tap < curves.num_taps; ++tap) {
    LayerPeak& layer = analysis.layers[tap];
    layer.maximum = percentile_interval(curves.taps[tap].maximum, options.level);
    if (!std::isfinite(layer.peak.time_s)) continue;
    layer.time_s = percentile_interval(curves.taps[tap].time_s, options.level);
  }
  analysis.best_score = percentile_interval(largest_of_any_tap(curves.taps), options.level);
  if (std::isnan(analysis.temporal.slope)) return analysis;
  const DrawnLines lines = drawn_lines(curves.taps, analysis.layers, depths, analysis.temporal.n);
  analysis.r = percentile_interval(lines.r, options.level);
  analysis.slope = percentile_interval(lines.slope, options.level);
  analysis.band = fitted_band(lines, depths, options.level);
  return analysis;
}

}  // namespace lockstep
