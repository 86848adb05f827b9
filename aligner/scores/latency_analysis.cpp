// From curves of scores to peak times, temporal scores, their intervals and their null.
#include "aligner/scores/latency_analysis.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kNullError = 0.05;
constexpr std::size_t kBandPoints = 9;

std::vector<double> mean_over_subjects(std::span<const ScoreCurves> subjects,
                                       std::vector<double> ScoreCurves::* values) {
  std::vector<double> mean = subjects.front().*values;
  for (const ScoreCurves& subject : subjects.subspan(1)) {
    const std::vector<double>& more = subject.*values;
    if (more.size() != mean.size()) {
      fail(Blame::kProgram, "average over subjects: {} values and {}", mean.size(), more.size());
    }
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += more[i];
  }
  for (double& value : mean) value /= static_cast<double>(subjects.size());
  return mean;
}

std::span<const double> draw_curve(const ScoreCurves& curves, std::size_t tap, std::size_t draw) {
  return std::span(curves.draws)
      .subspan((tap * curves.num_draws() + draw) * curves.num_times, curves.num_times);
}

std::span<const double> shifted_curve(const ScoreCurves& curves,
                                      std::size_t draw,
                                      std::size_t tap) {
  return std::span(curves.shifted)
      .subspan((draw * curves.num_taps + tap) * curves.num_times, curves.num_times);
}

std::vector<Interval> intervals_of_scores(const ScoreCurves& curves, double level) {
  std::vector<Interval> intervals;
  std::vector<double> values(curves.num_draws());
  for (std::size_t tap = 0; tap < curves.num_taps; ++tap) {
    for (std::size_t time = 0; time < curves.num_times; ++time) {
      for (std::size_t draw = 0; draw < values.size(); ++draw) {
        values[draw] = draw_curve(curves, tap, draw)[time];
      }
      intervals.push_back(percentile_interval(values, level));
    }
  }
  return intervals;
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

ShiftNull shift_null(const ScoreCurves& curves, const std::vector<PeakTime>& peaks, double level) {
  std::vector<double> largest(curves.num_shifts(), kNoScore);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    double& so_far = largest[i / curves.num_taps];
    so_far = std::fmax(so_far, peaks[i].maximum);  // NaN only if both are
  }
  ShiftNull null{.threshold = upper_threshold(largest, kNullError), .middle = {}};
  std::vector<double> values(curves.num_shifts() * curves.num_taps);
  for (std::size_t time = 0; time < curves.num_times; ++time) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = curves.shifted[i * curves.num_times + time];
    }
    null.middle.push_back(percentile_interval(values, level));
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

// What a bootstrap draw has in place of the observed values. Layers without an observed peak have
// none in any draw.
struct DrawnPeaks {
  std::vector<std::vector<double>> time_s;   // tap, draw
  std::vector<std::vector<double>> maximum;  // tap, draw
  std::vector<double> best;                  // draw: the largest maximum
};

DrawnPeaks drawn_peaks(const ScoreCurves& curves,
                       std::span<const double> times_s,
                       const std::vector<LayerPeak>& layers,
                       const PeakRule& rule) {
  DrawnPeaks drawn;
  drawn.best.assign(curves.num_draws(), kNoScore);
  for (std::size_t tap = 0; tap < curves.num_taps; ++tap) {
    const bool has_peak = std::isfinite(layers[tap].peak.time_s);
    std::vector<double> time_s, maximum;
    for (std::size_t draw = 0; draw < curves.num_draws(); ++draw) {
      const PeakTime peak = peak_time(draw_curve(curves, tap, draw), times_s, rule);
      time_s.push_back(has_peak ? peak.time_s : kNoScore);
      maximum.push_back(peak.maximum);
      drawn.best[draw] = std::fmax(drawn.best[draw], peak.maximum);  // NaN only if both are
    }
    drawn.time_s.push_back(time_s);
    drawn.maximum.push_back(maximum);
  }
  return drawn;
}

struct DrawnLines {
  std::vector<double> r;  // one a draw, as the others
  std::vector<double> slope;
  std::vector<double> start_s;
};

DrawnLines drawn_lines(const DrawnPeaks& drawn, std::span<const double> depths, int num_layers) {
  DrawnLines lines;
  std::vector<double> peaks_s(depths.size());
  for (std::size_t draw = 0; draw < drawn.best.size(); ++draw) {
    for (std::size_t tap = 0; tap < depths.size(); ++tap) peaks_s[tap] = drawn.time_s[tap][draw];
    TemporalScore score = temporal_score(depths, peaks_s);
    // A draw that lost a layer has no line that could be compared.
    if (score.n != num_layers) score = TemporalScore{};
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

std::size_t best_tap(const std::vector<LayerPeak>& layers) {
  std::size_t best = 0;
  for (std::size_t tap = 1; tap < layers.size(); ++tap) {
    const bool is_better = layers[tap].peak.maximum > layers[best].peak.maximum;
    if (is_better || std::isnan(layers[best].peak.maximum)) best = tap;
  }
  return best;
}

}  // namespace

ScoreCurves average(std::span<const ScoreCurves> subjects) {
  if (subjects.empty()) fail(Blame::kProgram, "average over subjects: none; one at least");
  ScoreCurves mean;
  mean.num_taps = subjects.front().num_taps;
  mean.num_times = subjects.front().num_times;
  mean.observed = mean_over_subjects(subjects, &ScoreCurves::observed);
  mean.draws = mean_over_subjects(subjects, &ScoreCurves::draws);
  mean.shifted = mean_over_subjects(subjects, &ScoreCurves::shifted);
  return mean;
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
  if (!shifted.empty()) analysis.null = shift_null(curves, shifted, options.level);
  analysis.layers = observed_peaks(curves, times_s, analysis.null, options);
  analysis.best_tap = best_tap(analysis.layers);
  if (!analysis.layers.empty()) analysis.best_r = analysis.layers[analysis.best_tap].peak.maximum;
  analysis.temporal = temporal_score(depths, peak_times_of(analysis.layers));
  analysis.p_shift = upper_p(analysis.temporal.r, shifted_scores(shifted, analysis.layers, depths));
  if (curves.num_draws() == 0) return analysis;

  analysis.score_intervals = intervals_of_scores(curves, options.level);
  const DrawnPeaks drawn = drawn_peaks(curves, times_s, analysis.layers, options.peak);
  for (std::size_t tap = 0; tap < curves.num_taps; ++tap) {
    analysis.layers[tap].time_s = percentile_interval(drawn.time_s[tap], options.level);
    analysis.layers[tap].maximum = percentile_interval(drawn.maximum[tap], options.level);
  }
  analysis.best_score = percentile_interval(drawn.best, options.level);
  if (std::isnan(analysis.temporal.slope)) return analysis;
  const DrawnLines lines = drawn_lines(drawn, depths, analysis.temporal.n);
  analysis.r = percentile_interval(lines.r, options.level);
  analysis.slope = percentile_interval(lines.slope, options.level);
  analysis.band = fitted_band(lines, depths, options.level);
  return analysis;
}

}  // namespace lockstep
