#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "aligner/report/condition.h"
#include "aligner/report/scores_input.h"

namespace lockstep {

/// The header that stands for the results: of the first file over honest folds that is no control,
/// else of the first that is no control.
const ScoresHeader& result_header(const std::vector<ScoresInput>& inputs);

/// What was done, as terms for the page's paragraph. What neither the scores nor their ancestors
/// tell is null, and the paragraph leaves it out.
nlohmann::ordered_json methods_data(const std::vector<ScoresInput>& inputs,
                                    const AnalysisOptions& options);

/// {rows, matched, analysed, steps [{what, count}], outliers? {limit_sd, count}}.
nlohmann::ordered_json words_data(const ScoresHeader& header);

/// {edges_log10, share}: how often each penalty of the grid was chosen, over subjects, contexts,
/// folds, taps, components and times of the results; null with fewer than two penalties or none
/// chosen.
nlohmann::ordered_json alpha_data(const std::vector<ScoresInput>& inputs);

/// "block bootstrap over 6 blocks of words, peak times recomputed in each draw", or why there is
/// none.
std::string interval_in_words(const Condition& condition);

/// Sentences that a reader must see: those of the files, then ours; each once.
std::vector<std::string> notices_of(const std::vector<ScoresInput>& inputs,
                                    const std::vector<Condition>& conditions,
                                    const AnalysisOptions& options);

}  // namespace lockstep
