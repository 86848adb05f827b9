// The page's data. Numbers are rounded to what can be seen: a curve of R is the bulk of the page.
#include "aligner/report/report_data.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "aligner/report/ancestry.h"
#include "aligner/report/methods.h"
#include "base/error.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCurveDigits = 5;
constexpr int kDigits = 6;
// Curves of single subjects are left out where the page would grow beyond this many numbers (about
// 4 MB).
constexpr std::size_t kMostSubjectNumbers = 500000;

Json number(double value, int decimals = kDigits) {
  if (!std::isfinite(value)) return nullptr;
  const double scale = std::pow(10.0, decimals);
  const double rounded = std::round(value * scale) / scale;
  return rounded == 0 ? 0.0 : rounded;  // no negative zero
}

// A small p keeps its first digits.
Json probability(double p) {
  if (!std::isfinite(p)) return nullptr;
  if (p == 0) return 0.0;
  return number(p, 3 - static_cast<int>(std::floor(std::log10(p))));
}

Json tap_curves(const std::vector<double>& values, std::size_t num_taps) {
  const std::size_t num_times = values.size() / num_taps;
  Json rows = Json::array();
  for (std::size_t tap = 0; tap < num_taps; ++tap) {
    Json row = Json::array();
    for (std::size_t time = 0; time < num_times; ++time) {
      row.push_back(number(values[tap * num_times + time], kCurveDigits));
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<double> ends(const std::vector<Interval>& intervals, double Interval::*end) {
  std::vector<double> values;
  for (const Interval& interval : intervals) values.push_back(interval.*end);
  return values;
}

Json series_of(const SubjectResult& result, std::size_t num_taps) {
  Json series = {{"subject", result.subject}, {"r", tap_curves(result.scores, num_taps)}};
  if (result.subject == "average" && !result.score_intervals.empty()) {
    series["lo"] = tap_curves(ends(result.score_intervals, &Interval::lo), num_taps);
    series["hi"] = tap_curves(ends(result.score_intervals, &Interval::hi), num_taps);
  }
  return series;
}

void add_peaks(const SubjectResult& result, const Planted& planted, Json& peaks) {
  for (std::size_t tap = 0; tap < result.analysis.layers.size(); ++tap) {
    const LayerPeak& layer = result.analysis.layers[tap];
    const auto& null = result.analysis.null;
    peaks.push_back({{"subject", result.subject},
                     {"tap", tap},
                     {"t_max", number(layer.peak.time_s)},
                     {"t_lo", number(layer.time_s.lo)},
                     {"t_hi", number(layer.time_s.hi)},
                     {"r_max", number(layer.peak.maximum)},
                     {"r_lo", number(layer.maximum.lo)},
                     {"r_hi", number(layer.maximum.hi)},
                     {"r_null", null ? number(null->threshold) : Json(nullptr)},
                     {"lobes", layer.peak.lobes},
                     {"edge", layer.peak.edge},
                     {"above_null", layer.above_null ? Json(*layer.above_null) : Json(nullptr)},
                     {"planted", number(planted.time_s[tap])}});
  }
}

Json temporal_of(const SubjectResult& result) {
  const LatencyAnalysis& analysis = result.analysis;
  const TemporalScore& score = analysis.temporal;
  Json temporal = {{"subject", result.subject},
                   {"layers", score.layers},
                   {"n", score.n},
                   {"distinct", score.distinct},
                   {"best_r", number(analysis.best_r)},
                   {"best_lo", number(analysis.best_score.lo)},
                   {"best_hi", number(analysis.best_score.hi)},
                   {"best_tap", analysis.best_tap},
                   {"range", number(score.range_s)}};
  if (std::isnan(score.slope)) return temporal;
  temporal.update({{"r", number(score.r)},
                   {"r_lo", number(analysis.r.lo)},
                   {"r_hi", number(analysis.r.hi)},
                   {"spearman", number(score.spearman)},
                   {"p_shift", probability(analysis.p_shift)},
                   {"p_analytic", probability(score.p_analytic)},
                   {"slope", number(score.slope)},
                   {"slope_lo", number(analysis.slope.lo)},
                   {"slope_hi", number(analysis.slope.hi)},
                   {"start", number(score.start_s)}});
  if (!analysis.slope.known()) return temporal;
  Json depth = Json::array(), lo = Json::array(), hi = Json::array();
  for (std::size_t i = 0; i < analysis.band.depth.size(); ++i) {
    depth.push_back(number(analysis.band.depth[i]));
    lo.push_back(number(analysis.band.time_s[i].lo));
    hi.push_back(number(analysis.band.time_s[i].hi));
  }
  temporal["band"] = {{"depth", depth}, {"lo", lo}, {"hi", hi}};
  return temporal;
}

Json null_of(const Condition& condition, const AnalysisOptions& options) {
  const ShiftNull& null = *condition.average().analysis.null;
  Json lo = Json::array(), hi = Json::array();
  for (const Interval& interval : null.middle) {
    lo.push_back(number(interval.lo, kCurveDigits));
    hi.push_back(number(interval.hi, kCurveDigits));
  }
  return {{"draws", condition.num_null_draws},
          {"how",
           "words shifted circularly within their blocks against the MEG, rescored without "
           "refitting and widened by the square root of 2 for it"},
          {"lo", lo},
          {"hi", hi},
          {"level", options.null_level},
          {"floor", number(null.threshold)}};
}

Json context_value(const ContextInfo& context) {
  return context.words > 0 ? Json(context.words) : Json(context.name);
}

enum class Curves { kOfAverage, kOfAllSubjects };

Json result_of(const Condition& condition, Curves curves, const AnalysisOptions& options) {
  Json series = Json::array(), peaks = Json::array(), temporal = Json::array();
  for (const SubjectResult& result : condition.subjects) {
    if (curves == Curves::kOfAllSubjects || result.subject == "average") {
      series.push_back(series_of(result, condition.taps.size()));
    }
    add_peaks(result, condition.planted, peaks);
    temporal.push_back(temporal_of(result));
  }
  Json result = {{"model", condition.model},
                 {"context", context_value(condition.context)},
                 {"folds", condition.folds},
                 {"control", condition.control.empty() ? Json(nullptr) : Json(condition.control)},
                 {"preset", condition.preset},
                 {"series", series},
                 {"peaks", peaks},
                 {"temporal", temporal},
                 {"planted_slope", number(condition.planted.slope)},
                 {"planted_start", number(condition.planted.start_s)}};
  if (condition.average().analysis.null) result["null"] = null_of(condition, options);
  return result;
}

Json models_of(const std::vector<ScoresInput>& inputs) {
  Json models = Json::array();
  std::vector<std::string> known;
  for (const ScoresInput& input : inputs) {
    const std::string name = input.model_name();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    known.push_back(name);
    const ScoresHeader& header = input.header();
    Json taps = Json::array();
    for (const TapInfo& tap : header.taps) {
      taps.push_back({{"name", tap.name}, {"depth", number(tap.depth)}});
    }
    models.push_back({{"id", name},
                      {"name", name},
                      {"family", header.model.family},
                      {"parameters", header.model.parameters},
                      {"layers", header.model.num_blocks},
                      {"trained", header.model.trained},
                      {"taps", taps}});
  }
  return models;
}

std::string fraction(int64_t numerator, int64_t denominator) {
  const int64_t divisor = std::gcd(numerator, denominator);
  if (divisor == denominator) return to_text(numerator / divisor);
  return text("{}/{}", numerator / divisor, denominator / divisor);
}

Json time_axis(const ScoresHeader& header) {
  return {{"start", fraction(header.time_first * header.rate_denominator, header.rate_numerator)},
          {"step", fraction(header.rate_denominator, header.rate_numerator)},
          {"count", header.times_s.size()},
          {"unit", "s after word onset"}};
}

// Subjects' curves for the condition shown, then for the results in order while there is room.
std::vector<Curves> choose_curves(const std::vector<Condition>& conditions,
                                  const Condition& shown) {
  std::vector<Curves> chosen(conditions.size(), Curves::kOfAverage);
  std::size_t room = kMostSubjectNumbers;
  const auto choose = [&](std::size_t i) {
    const std::size_t size = conditions[i].subjects.size() * conditions[i].average().scores.size();
    if (chosen[i] == Curves::kOfAllSubjects || size > room) return;
    room -= size;
    chosen[i] = Curves::kOfAllSubjects;
  };
  choose(static_cast<std::size_t>(&shown - conditions.data()));
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i].control.empty()) choose(i);
  }
  return chosen;
}

}  // namespace

std::string shown_folds(const std::vector<ScoresInput>& inputs) {
  for (const ScoresInput& input : inputs) {
    if (input.control().empty() && !input.is_shuffled()) return input.header().folds;
  }
  return "shuffled";
}

const Condition& shown_first(const std::vector<ScoresInput>& inputs,
                             const std::vector<Condition>& conditions) {
  const std::string folds = shown_folds(inputs);
  const Condition* best = nullptr;
  const auto rank = [](const Condition& condition) {
    for (const double planted_s : condition.planted.time_s) {
      if (std::isfinite(planted_s)) return int64_t{1} << 62;
    }
    return condition.context.words == 50 ? int64_t{1} << 61 : condition.context.words;
  };
  for (const Condition& condition : conditions) {
    if (!condition.control.empty() || condition.folds != folds) continue;
    if (best == nullptr || rank(condition) > rank(*best)) best = &condition;
  }
  if (best == nullptr) fail(Blame::kProgram, "report: no result over folds {}", folds);
  return *best;
}

Json report_data(const std::vector<ScoresInput>& inputs,
                 const std::vector<Condition>& conditions,
                 const AnalysisOptions& options) {
  const Condition& shown = shown_first(inputs, conditions);
  const ScoresHeader& header = result_header(inputs);
  const std::vector<Curves> curves = choose_curves(conditions, shown);
  Json results = Json::array();
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    results.push_back(result_of(conditions[i], curves[i], options));
  }
  Json data = {
      {"layout", "lockstep report 1"},
      {"simulated", header.truth != nullptr},
      {"preset", header.preset},
      {"direction", header.direction},
      {"folds", shown_folds(inputs)},
      {"shown", {{"model", shown.model}, {"context", context_value(shown.context)}}},
      {"subjects", header.subjects},
      {"time", time_axis(header)},
      {"peak_window", {options.peak.begin_s, options.peak.end_s}},
      {"interval",
       {{"level", options.level},
        {"how", interval_in_words(shown)},
        {"blocks", shown.num_blocks},
        {"draws", shown.num_draws}}},
      {"models", models_of(inputs)},
      {"results", results},
      {"words", words_data(header)},
      {"methods", methods_data(inputs, options)},
  };
  const Json alpha = alpha_data(inputs);
  if (!alpha.is_null()) data["alpha"] = alpha;
  std::vector<std::string> notices = notices_of(inputs, conditions, options);
  const auto omitted = std::count(curves.begin(), curves.end(), Curves::kOfAverage) -
                       std::count_if(conditions.begin(), conditions.end(), [](const Condition& c) {
                         return !c.control.empty();
                       });
  if (omitted > 0) {
    notices.push_back(
        text("Curves of single subjects are left out for {} conditions, to keep this page "
             "small; scores.tsv beside it has them.",
             omitted));
  }
  data["notices"] = notices;
  const Provenance provenance = report_provenance(inputs, options);
  data["provenance"] = provenance_data(provenance);
  data["versions"] = versions_data(provenance);
  return data;
}

}  // namespace lockstep
