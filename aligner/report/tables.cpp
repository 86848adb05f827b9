#include "aligner/report/tables.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "base/table_file.h"
#include "base/text.h"

namespace lockstep {
namespace {

const std::vector<std::string> kConditionColumns = {"model", "context", "folds", "control"};

// More digits than any of these numbers has; 17 would be rounding noise.
std::string cell(double value) {
  if (!std::isfinite(value)) return "nan";
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.9g", value);
  return buffer.data();
}

std::string cell(std::optional<bool> value) { return !value ? "n/a" : *value ? "yes" : "no"; }

std::vector<std::string> with(std::vector<std::string> columns,
                              const std::vector<std::string>& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

std::vector<std::string> condition_cells(const Condition& condition) {
  return {condition.model,
          condition.context.name,
          condition.folds,
          condition.control.empty() ? "none" : condition.control};
}

double threshold_of(const LatencyAnalysis& analysis) {
  return analysis.null ? analysis.null->threshold : kNoScore;
}

NamedTable layers_table(const std::vector<Condition>& conditions) {
  TableWriter table(with(kConditionColumns,
                         {"subject",
                          "tap",
                          "depth",
                          "t_max_s",
                          "t_max_lo_s",
                          "t_max_hi_s",
                          "r_max",
                          "r_max_lo",
                          "r_max_hi",
                          "r_null",
                          "above_null",
                          "lobes",
                          "edge",
                          "planted_s"}));
  for (const Condition& condition : conditions) {
    for (const SubjectResult& result : condition.subjects) {
      for (std::size_t tap = 0; tap < condition.taps.size(); ++tap) {
        const LayerPeak& layer = result.analysis.layers[tap];
        table.add_row(with(condition_cells(condition),
                           {result.subject,
                            condition.taps[tap].name,
                            cell(condition.taps[tap].depth),
                            cell(layer.peak.time_s),
                            cell(layer.time_s.lo),
                            cell(layer.time_s.hi),
                            cell(layer.peak.maximum),
                            cell(layer.maximum.lo),
                            cell(layer.maximum.hi),
                            cell(threshold_of(result.analysis)),
                            cell(layer.above_null),
                            to_text(layer.peak.lobes),
                            cell(std::optional(layer.peak.edge)),
                            cell(condition.planted.time_s[tap])}));
      }
    }
  }
  return {"layers.tsv", table.bytes()};
}

NamedTable temporal_table(const std::vector<Condition>& conditions) {
  TableWriter table(with(
      kConditionColumns,
      {"subject",  "layers",   "n",          "distinct", "r",          "r_lo",           "r_hi",
       "spearman", "p_shift",  "p_analytic", "slope_s",  "slope_lo_s", "slope_hi_s",     "start_s",
       "range_s",  "best_tap", "best_r",     "best_lo",  "best_hi",    "planted_slope_s"}));
  for (const Condition& condition : conditions) {
    for (const SubjectResult& result : condition.subjects) {
      const LatencyAnalysis& analysis = result.analysis;
      const TemporalScore& score = analysis.temporal;
      table.add_row(with(condition_cells(condition),
                         {result.subject,
                          to_text(score.layers),
                          to_text(score.n),
                          to_text(score.distinct),
                          cell(score.r),
                          cell(analysis.r.lo),
                          cell(analysis.r.hi),
                          cell(score.spearman),
                          cell(analysis.p_shift),
                          cell(score.p_analytic),
                          cell(score.slope),
                          cell(analysis.slope.lo),
                          cell(analysis.slope.hi),
                          cell(score.start_s),
                          cell(score.range_s),
                          condition.taps[analysis.best_tap].name,
                          cell(analysis.best_r),
                          cell(analysis.best_score.lo),
                          cell(analysis.best_score.hi),
                          cell(condition.planted.slope)}));
    }
  }
  return {"temporal.tsv", table.bytes()};
}

NamedTable scores_table(const std::vector<Condition>& conditions) {
  TableWriter table(
      with(kConditionColumns,
           {"subject", "tap", "depth", "time_s", "r", "r_lo", "r_hi", "null_lo", "null_hi"}));
  for (const Condition& condition : conditions) {
    for (const SubjectResult& result : condition.subjects) {
      for (std::size_t i = 0; i < result.scores.size(); ++i) {
        const std::size_t tap = i / condition.times_s.size();
        const std::size_t time = i % condition.times_s.size();
        const Interval interval =
            result.score_intervals.empty() ? Interval{} : result.score_intervals[i];
        const auto& null = result.analysis.null;
        const Interval middle = null ? null->middle[time] : Interval{};
        table.add_row(with(condition_cells(condition),
                           {result.subject,
                            condition.taps[tap].name,
                            cell(condition.taps[tap].depth),
                            cell(condition.times_s[time]),
                            cell(result.scores[i]),
                            cell(interval.lo),
                            cell(interval.hi),
                            cell(middle.lo),
                            cell(middle.hi)}));
      }
    }
  }
  return {"scores.tsv", table.bytes()};
}

std::string expected_of(const std::string& control) {
  if (control == "noise" || control == "leak") return "no layer above its null";
  if (control == "common") return "no slope";
  if (control == "reverse") return "a falling line";
  if (control == "static") return "no slope: every layer decodes what the first one holds";
  return "n/a";
}

NamedTable controls_table(const std::vector<Condition>& conditions) {
  TableWriter table(with(kConditionColumns,
                         {"expected",
                          "layers_above_null",
                          "layers",
                          "n",
                          "r",
                          "slope_s",
                          "slope_lo_s",
                          "slope_hi_s",
                          "planted_slope_s",
                          "best_r",
                          "r_null"}));
  for (const Condition& condition : conditions) {
    if (condition.control.empty()) continue;
    const LatencyAnalysis& analysis = condition.average().analysis;
    int64_t num_above = 0;
    for (const LayerPeak& layer : analysis.layers) num_above += layer.above_null == true ? 1 : 0;
    table.add_row(with(condition_cells(condition),
                       {expected_of(condition.control),
                        analysis.null ? to_text(num_above) : "n/a",
                        to_text(analysis.temporal.layers),
                        to_text(analysis.temporal.n),
                        cell(analysis.temporal.r),
                        cell(analysis.temporal.slope),
                        cell(analysis.slope.lo),
                        cell(analysis.slope.hi),
                        cell(condition.planted.slope),
                        cell(analysis.best_r),
                        cell(threshold_of(analysis))}));
  }
  return {"controls.tsv", table.bytes()};
}

}  // namespace

std::vector<NamedTable> report_tables(const std::vector<Condition>& conditions) {
  return {layers_table(conditions),
          temporal_table(conditions),
          scores_table(conditions),
          controls_table(conditions)};
}

}  // namespace lockstep
