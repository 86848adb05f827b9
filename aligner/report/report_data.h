#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "aligner/report/condition.h"
#include "aligner/report/scores_input.h"

namespace lockstep {

/// Everything the page shows, as JSON: layout "lockstep report 1". Times in seconds; what is
/// missing is null, never NaN and never 0. The fields:
///
///   layout, simulated, preset, direction, folds (scheme of the results shown), shown {model,
///   context} subjects [name], time {start, step: exact fractions, s; count; unit}, peak_window [s,
///   s], interval {level, how, draws} models [{id, name, family, parameters, layers, trained, taps
///   [{name, depth}]}] results [{model, context, folds, control|null, preset,
///     series [{subject, r[tap][time], lo[tap][time]?, hi?}], null? {draws, how, lo[time],
///     hi[time], level, floor}, peaks [{subject, tap, t_max, t_lo, t_hi, r_max, r_lo, r_hi, r_null,
///     lobes, edge, above_null, planted}], temporal [{subject, layers, n, distinct, best_r,
///     best_lo, best_hi, best_tap, then, if a line could be fitted:
///       r, r_lo, r_hi, spearman, p_shift, p_analytic, slope, slope_lo, slope_hi, start, range,
///       band}],
///     planted_slope, planted_start}]
///   alpha? {edges_log10, share}, words, methods, notices [sentence], provenance, versions
nlohmann::ordered_json report_data(const std::vector<ScoresInput>& inputs,
                                   const std::vector<Condition>& conditions,
                                   const AnalysisOptions& options);

/// The condition that the page shows first, among those of the honest result: the simulated
/// context, else 50 words, else the longest.
const Condition& shown_first(const std::vector<ScoresInput>& inputs,
                             const std::vector<Condition>& conditions);

/// The scheme of the folds of the results shown: that of the first result over honest folds,
/// "shuffled" if there is none.
std::string shown_folds(const std::vector<ScoresInput>& inputs);

}  // namespace lockstep
