// The page's first sentence and its layer table for a terminal. The page makes its own sentences
// from the JSON; a test holds the two together.
#include "aligner/report/headline.h"

#include <cmath>
#include <cstdio>
#include <vector>

#include "base/text.h"

namespace lockstep {
namespace {

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "-";
  std::vector<char> buffer(400);
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

// As JavaScript's Math.round: halves go up.
std::string milliseconds(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  return with_thousands(static_cast<long long>(std::floor(seconds * 1000 + 0.5)));
}

// Two decimals, three where two would print 1.00.
std::string short_r(double r) {
  const double size = std::abs(r);
  return fixed(r, size > 0.9949 && size < 1 ? 3 : 2);
}

std::string range(const Interval& interval) {
  if (!interval.known()) return "-";
  return milliseconds(interval.lo) + " to " + milliseconds(interval.hi);
}

std::string plural(int64_t count, const std::string& one) {
  return (count == 0 ? "no" : with_thousands(count)) + " " + one + (count == 1 ? "" : "s");
}

std::string context_in_words(const ContextInfo& context) {
  if (context.words > 0) return plural(context.words, "word") + " of context";
  return context.name + " of context";
}

double step_s(const Condition& condition) {
  return (condition.times_s.back() - condition.times_s.front()) /
         static_cast<double>(condition.times_s.size() - 1);
}

std::string claim_in_words(const Condition& condition, double level) {
  const LatencyAnalysis& analysis = condition.average().analysis;
  const TemporalScore& score = analysis.temporal;
  const std::string nothing = "no order can be claimed";
  const std::string rise = analysis.null ? "rise above their null" : "have a peak time";
  const std::string interval =
      analysis.slope.known()
          ? text("({} % interval {})", std::llround(level * 100), range(analysis.slope))
          : "(no interval)";
  const std::string slope = milliseconds(score.slope) + " ms per unit of depth " + interval;
  switch (claim_of(analysis)) {
    case Claim::kNull:
      return (analysis.null ? "no layer rises above its null: " : "no layer has a peak time: ") +
             nothing;
    case Claim::kFew:
      return text("only {} of {} layers {}: {}", score.n, score.layers, rise, nothing);
    case Claim::kTie:
      return text("all {} layers peak within one sample ({} ms): {}",
                  score.n,
                  milliseconds(step_s(condition)),
                  nothing);
    case Claim::kFlat:
      return nothing + ": " + slope;
    case Claim::kOrder:
      return "deeper layers peak later, " + slope;
    case Claim::kReverse:
      return "deeper layers peak earlier, " + slope;
  }
  return nothing;
}

// Layers that keep a peak time although they lie below the null (presets paper and legacy).
int num_below_with_peak(const LatencyAnalysis& analysis) {
  int count = 0;
  for (const LayerPeak& layer : analysis.layers) {
    count += layer.above_null == false && std::isfinite(layer.peak.time_s) ? 1 : 0;
  }
  return count;
}

std::string padded(const std::string& cell, std::size_t width) {
  return cell.size() < width ? std::string(width - cell.size(), ' ') + cell : cell;
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width;
  for (const auto& row : rows) {
    width.resize(std::max(width.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string all;
  for (const auto& row : rows) {
    std::string line = row[0] + std::string(width[0] - row[0].size(), ' ');
    for (std::size_t i = 1; i < row.size(); ++i) line += "  " + padded(row[i], width[i]);
    all += line + "\n";
  }
  return all;
}

}  // namespace

Claim claim_of(const LatencyAnalysis& analysis) {
  const TemporalScore& score = analysis.temporal;
  if (score.n == 0) return Claim::kNull;
  if (score.n < 3) return Claim::kFew;
  if (score.distinct < 2 || !std::isfinite(score.slope)) return Claim::kTie;
  if (!analysis.slope.known() || (analysis.slope.lo <= 0 && analysis.slope.hi >= 0)) {
    return Claim::kFlat;
  }
  return score.slope > 0 ? Claim::kOrder : Claim::kReverse;
}

std::string headline(const Condition& condition, double level) {
  const LatencyAnalysis& analysis = condition.average().analysis;
  const TemporalScore& score = analysis.temporal;
  std::string sentence = condition.model + ", " + context_in_words(condition.context) + ": " +
                         claim_in_words(condition, level);
  if (std::isfinite(score.r)) {
    sentence += ", r = " + short_r(score.r) + " over " + plural(score.n, "layer");
  }
  if (const int below = num_below_with_peak(analysis); below > 0) {
    sentence += text("; {} of {} layers lie below their null", below, score.layers);
  }
  if (std::isfinite(condition.planted.slope)) {
    sentence += "; planted: " + milliseconds(condition.planted.slope);
  }
  return sentence + ".";
}

std::string latency_table(const Condition& condition, double level) {
  const std::string interval = text("{} % interval", std::llround(level * 100));
  std::vector<std::vector<std::string>> rows = {
      {"layer", "depth", "planted, ms", "found, ms", interval, "error, ms", "R", "null"}};
  const LatencyAnalysis& analysis = condition.average().analysis;
  for (std::size_t tap = 0; tap < condition.taps.size(); ++tap) {
    const LayerPeak& layer = analysis.layers[tap];
    const double planted_s = condition.planted.time_s[tap];
    const bool is_below = layer.above_null == false;
    rows.push_back({condition.taps[tap].name,
                    fixed(condition.taps[tap].depth, 2),
                    milliseconds(planted_s),
                    milliseconds(layer.peak.time_s),
                    range(layer.time_s),
                    milliseconds(layer.peak.time_s - planted_s),
                    fixed(layer.peak.maximum, 4) + (is_below ? " (below null)" : ""),
                    fixed(analysis.null ? analysis.null->threshold : kNoScore, 4)});
  }
  std::vector<std::vector<std::string>> scores = {
      {"subject", "layers", "r", "slope, ms", interval, "best R"}};
  for (const SubjectResult& result : condition.subjects) {
    const TemporalScore& score = result.analysis.temporal;
    scores.push_back({result.subject,
                      text("{} of {}", score.n, score.layers),
                      short_r(score.r),
                      milliseconds(score.slope),
                      range(result.analysis.slope),
                      fixed(result.analysis.best_r, 4)});
  }
  return table_text(rows) + "\n" + table_text(scores);
}

}  // namespace lockstep
