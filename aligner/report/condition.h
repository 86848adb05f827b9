#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aligner/report/scores_input.h"
#include "aligner/scores/block_resampling.h"
#include "aligner/scores/latency_analysis.h"

namespace lockstep {

/// The average over subjects, or one of them.
struct SubjectResult {
  std::string subject;                    ///< "average" or a name
  std::vector<double> scores;             ///< R, tap x time
  std::vector<Interval> score_intervals;  ///< tap x time; empty without a bootstrap
  LatencyAnalysis analysis;
};

/// What a simulation planted in the taps of one condition.
struct Planted {
  std::vector<double> time_s;  ///< reference latency, one a tap; NaN where none was planted
  double slope =
      kNoScore;  ///< least squares through them, seconds per unit of depth; NaN without three
  double start_s = kNoScore;  ///< that line at depth 0
};

/// One (model, context, folds, control): what the page lets a reader choose.
struct Condition {
  std::string model;  ///< name, "untrained" added where it is
  ContextInfo context;
  std::string folds;
  std::string control;  ///< empty for a result
  std::string preset;
  std::vector<TapInfo> taps;
  std::vector<double> times_s;
  int64_t num_null_draws = 0;
  int64_t num_blocks = 0;                    ///< tested; what the bootstrap draws from
  int64_t num_draws = 0;                     ///< of the bootstrap
  std::vector<SubjectResult> subjects = {};  ///< the average first, then each that has scores
  std::vector<std::string> without_scores =
      {};  ///< subjects that have none here and are not in the average
  Planted planted = {};

  const SubjectResult& average() const { return subjects.front(); }
  std::vector<double> depths() const;
};

struct AnalysisOptions {
  PeakRule peak = {};
  double level = 0.95;       ///< of every interval
  double null_level = 0.95;  ///< what a layer must exceed: this share of the null's largest R
  int64_t num_draws = 2000;  ///< of the block bootstrap; 0: no intervals
  uint64_t seed = 0;
  int num_threads = 1;
};

/// Reads one context of a file and derives everything shown of it. The result does not depend on
/// the number of threads. Throws Error(kData) if no subject has a score.
Condition analyse_condition(const ScoresInput& input,
                            std::size_t context,
                            const AnalysisOptions& options);

}  // namespace lockstep
