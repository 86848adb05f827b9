#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aligner/report/condition.h"

namespace lockstep {

struct ReportOptions {
  std::vector<std::filesystem::path>
      scores;                    ///< scores.h5: results, controls, shuffled folds, any order
  std::filesystem::path output;  ///< folder; made if it is not there
  std::filesystem::path assets;  ///< folder of the page's scripts; empty: the known places
  AnalysisOptions analysis = {};

  /// Throws Error(kCommandLine).
  void check() const;
};

/// What a terminal is told of a written report.
struct ReportSummary {
  std::filesystem::path page;
  std::string headline;
  std::string table;                  ///< planted and recovered latencies of the condition shown
  std::vector<std::string> controls;  ///< the headline of each control, "noise: ..."
};

/// Writes report.html, report.json (its data), layers.tsv, temporal.tsv, scores.tsv and
/// controls.tsv, each whole, the page last. Equal scores and options give equal bytes, whatever the
/// number of threads.
ReportSummary write_report(const ReportOptions& options);

}  // namespace lockstep
