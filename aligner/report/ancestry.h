#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "aligner/report/condition.h"
#include "aligner/report/scores_input.h"
#include "base/provenance.h"

namespace lockstep {

/// The record of the report itself, over those of its scores files.
Provenance report_provenance(const std::vector<ScoresInput>& inputs,
                             const AnalysisOptions& options);

/// {label, what, sha256?, parents?} all the way back: what the page shows of a record.
nlohmann::ordered_json provenance_data(const Provenance& provenance);

/// Library -> version, over all ancestors; where two runs used different ones, both, separated by
/// commas.
nlohmann::ordered_json versions_data(const Provenance& provenance);

/// The value that an option had where a command made an ancestor, whichever of `keys` it is called;
/// null if no ancestor was made by this command or it did not say. `command` is "extract",
/// "reduce", ...
nlohmann::json option_of(const Provenance& provenance,
                         std::string_view command,
                         std::initializer_list<const char*> keys);

}  // namespace lockstep
