// From the sums of a scores.h5 to all that the page shows of one condition. One tap at a time, so
// that the bootstrap's draws of all taps never lie in memory together.
#include "aligner/report/condition.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/error.h"
#include "base/workers.h"

namespace lockstep {
namespace {

// What one tap gives: one entry a subject, the average last.
struct TapResult {
  std::vector<std::vector<double>> observed;
  std::vector<TapDraws> draws;  // empty without a bootstrap
};

struct TapReader {
  const ScoresInput& input;
  std::size_t context;
  const std::vector<std::size_t>& subjects;  // those with scores
  const BlockResampling& resampling;
  const AnalysisOptions& options;
  std::mutex& file;  // HDF5 is read by one thread at a time

  TapResult read(std::size_t tap) const;
};

TapResult TapReader::read(std::size_t tap) const {
  const ScoresHeader& header = input.header();
  TapResult result;
  std::vector<std::vector<double>> draws;
  for (const std::size_t subject : subjects) {
    std::vector<double> values;
    {
      const std::lock_guard lock(file);
      values = input.file->sums(subject, context, tap);
    }
    const std::vector<int64_t> folds = header.scored_folds();
    const BlockSums sums{.values = values,
                         .block_fold = folds,
                         .num_components = static_cast<std::size_t>(header.num_components),
                         .num_times = header.times_s.size()};
    result.observed.push_back(mean_score(sums));
    if (resampling.num_draws() > 0) draws.push_back(resampling.scores(sums));
  }
  result.observed.push_back(mean_over_subjects(result.observed));
  if (draws.empty()) return result;
  draws.push_back(mean_over_subjects(draws));
  for (const auto& of_subject : draws) {
    result.draws.push_back(
        summarise_draws(of_subject, header.times_s, options.peak, options.level));
  }
  return result;
}

std::vector<std::size_t> subjects_with_scores(const ScoresInput& input, std::size_t context) {
  std::vector<std::size_t> subjects;
  for (std::size_t subject = 0; subject < input.header().subjects.size(); ++subject) {
    const std::vector<float> score = input.file->score(subject, context);
    if (std::any_of(score.begin(), score.end(), [](float r) { return std::isfinite(r); })) {
      subjects.push_back(subject);
    }
  }
  return subjects;
}

// The null of each subject, then of the average; empty without draws.
std::vector<std::vector<double>> read_nulls(const ScoresInput& input,
                                            std::size_t context,
                                            const std::vector<std::size_t>& subjects) {
  std::vector<std::vector<double>> nulls;
  for (const std::size_t subject : subjects) {
    const std::vector<float> scores = input.file->null_score(subject, context);
    nulls.emplace_back(scores.begin(), scores.end());
  }
  nulls.push_back(mean_over_subjects(nulls));
  return nulls;
}

ScoreCurves gather(const std::vector<TapResult>& taps, std::size_t subject, std::size_t num_times) {
  ScoreCurves curves{.num_taps = taps.size(), .num_times = num_times};
  for (const TapResult& tap : taps) {
    curves.observed.insert(
        curves.observed.end(), tap.observed[subject].begin(), tap.observed[subject].end());
    if (!tap.draws.empty()) curves.taps.push_back(tap.draws[subject]);
  }
  return curves;
}

Planted planted_in(const ScoresHeader& header, const std::string& context) {
  Planted planted;
  planted.time_s.assign(header.taps.size(), kNoScore);
  const PlantedTruth* truth = header.truth.get();
  if (truth == nullptr) return planted;
  if (!truth->context.empty() && truth->context != context) return planted;
  std::vector<double> depths;
  for (std::size_t tap = 0; tap < header.taps.size(); ++tap) {
    depths.push_back(header.taps[tap].depth);
    for (std::size_t i = 0; i < truth->tap_name.size(); ++i) {
      if (truth->tap_name[i] == header.taps[tap].name) planted.time_s[tap] = truth->reference_s[i];
    }
  }
  const TemporalScore line = temporal_score(depths, planted.time_s);
  planted.slope = line.slope;
  planted.start_s = line.start_s;
  if (line.n >= 3 && line.distinct == 1) {
    planted.slope = 0;
    for (const double time_s : planted.time_s) {
      if (std::isfinite(time_s)) planted.start_s = time_s;
    }
  }
  return planted;
}

// Everything about the average and each subject, the average first.
std::vector<SubjectResult> analyse_subjects(const std::vector<TapResult>& taps,
                                            std::vector<std::vector<double>> nulls,
                                            const std::vector<std::string>& names,
                                            const Condition& condition,
                                            const AnalysisOptions& options) {
  const bool is_strict = condition.preset == "strict";
  const LatencyOptions latency{
      .peak = options.peak,
      .level = options.level,
      .null_level = options.null_level,
      .below_null = is_strict ? BelowNull::kHasNoPeak : BelowNull::kIsFlagged};
  const std::vector<double> depths = condition.depths();
  std::vector<SubjectResult> results(names.size());
  for_each_item(static_cast<int64_t>(names.size()), options.num_threads, [&](int64_t item, int) {
    const auto i = static_cast<std::size_t>(item);
    ScoreCurves curves = gather(taps, i, condition.times_s.size());
    curves.shifted = std::move(nulls[i]);
    SubjectResult& result = results[i];
    result.subject = names[i];
    result.analysis = analyse_latencies(curves, depths, condition.times_s, latency);
    for (const TapDraws& tap : curves.taps) {
      const auto& score = tap.score;
      result.score_intervals.insert(result.score_intervals.end(), score.begin(), score.end());
    }
    result.scores = std::move(curves.observed);
  });
  std::rotate(results.begin(), results.end() - 1, results.end());
  return results;
}

}  // namespace

std::vector<double> Condition::depths() const {
  std::vector<double> all;
  for (const TapInfo& tap : taps) all.push_back(tap.depth);
  return all;
}

Condition analyse_condition(const ScoresInput& input,
                            std::size_t context,
                            const AnalysisOptions& options) {
  const ScoresHeader& header = input.header();
  const BlockResampling resampling(header.scored_folds(), options.num_draws, options.seed);
  Condition condition{.model = input.model_name(),
                      .context = header.contexts[context],
                      .folds = header.folds,
                      .control = input.control(),
                      .preset = header.preset,
                      .taps = header.taps,
                      .times_s = header.times_s,
                      .num_null_draws = header.num_null_draws,
                      .num_blocks = resampling.num_blocks(),
                      .num_draws = resampling.num_draws()};
  condition.planted = planted_in(header, condition.context.name);

  const std::vector<std::size_t> subjects = subjects_with_scores(input, context);
  if (subjects.empty()) {
    fail(Blame::kData,
         "{}: context {}: no subject has a score; one at least",
         input.path,
         condition.context.name);
  }
  std::vector<std::string> names;
  for (std::size_t subject = 0; subject < header.subjects.size(); ++subject) {
    const bool has_scores = std::find(subjects.begin(), subjects.end(), subject) != subjects.end();
    (has_scores ? names : condition.without_scores).push_back(header.subjects[subject]);
  }
  names.push_back("average");

  std::vector<TapResult> taps(header.taps.size());
  std::mutex file;
  const TapReader reader{input, context, subjects, resampling, options, file};
  for_each_item(static_cast<int64_t>(taps.size()), options.num_threads, [&](int64_t tap, int) {
    taps[static_cast<std::size_t>(tap)] = reader.read(static_cast<std::size_t>(tap));
  });
  condition.subjects =
      analyse_subjects(taps, read_nulls(input, context, subjects), names, condition, options);
  return condition;
}

}  // namespace lockstep
