#include "aligner/encoding.h"

#include <algorithm>
#include <utility>

#include "aligner/band_scores.h"
#include "aligner/ridge/dual_coordinates.h"
#include "aligner/target_table.h"
#include "aligner/time_scores.h"

namespace lockstep {
namespace {

/// Words x features of one layer or, stacked, of all; one set a fit of the file.
std::vector<Eigen::MatrixXd> read_features(const AlignmentPlan& plan,
                                           const ContextGroup& group,
                                           std::size_t context,
                                           int64_t tap,
                                           const SubjectGroup& side) {
  std::vector<Eigen::MatrixXd> features;
  for (int64_t fit = 0; fit < plan.targets.num_fits(); ++fit) {
    features.push_back(plan.experiment.settings.stack
                           ? plan.standardised(group, context, fit, side)
                           : plan.standardised_tap(group, context, fit, tap, side));
  }
  return features;
}

std::vector<Eigen::Index> band_of_features(const AlignmentPlan& plan) {
  std::vector<Eigen::Index> band;
  for (int64_t tap = 0; tap < plan.targets.num_taps(); ++tap) {
    band.insert(band.end(), static_cast<std::size_t>(plan.targets.header().num_components), tap);
  }
  return band;
}

bool wants_any(const EncodingParts& inputs,
               const SubjectGroup& side,
               const std::vector<std::unique_ptr<PartValues>>& values) {
  return std::any_of(inputs.fits.begin(), inputs.fits.end(), [&](const EncodingFit& fit) {
    return fit.side.get() == &side && values[fit.file] != nullptr;
  });
}

/// The sides of a batch, each once.
std::vector<std::shared_ptr<const SubjectGroup>> sides_of(const EncodingParts& inputs) {
  std::vector<std::shared_ptr<const SubjectGroup>> sides;
  for (const auto& fit : inputs.fits) {
    if (std::find(sides.begin(), sides.end(), fit.side) == sides.end()) sides.push_back(fit.side);
  }
  return sides;
}

/// One fit at one time.
SolverAudit encode(const EncodingParts& inputs,
                   const EncodingFit& fit,
                   const std::vector<RidgeTargets>& sensors,
                   int64_t time,
                   PartValues& values) {
  const ScoresHeader& header = inputs.plans[fit.file].header;
  TimeScores scores(header, *fit.side, {fit.context, fit.tap, 1, time}, values);
  SolverAudit audit;
  if (fit.banded) {
    BandScores bands(header, *fit.side, fit.bands, {fit.context, fit.tap, 1, time}, values);
    bands.run(*fit.banded,
              sensors.front().values(fit.side->strata, {0, fit.side->plan.num_rows}),
              scores);
  } else {
    audit = fit.inputs->fit(
        sensors, scores.wants(), [&](FoldOutcome outcome) { scores.put_fold(std::move(outcome)); });
  }
  scores.finish();
  return audit;
}

}  // namespace

EncodingInputs::EncodingInputs(std::vector<Eigen::MatrixXd> features,
                               const SubjectGroup& side,
                               const Experiment& experiment) {
  const auto add = [&](std::vector<int64_t> folds, InputRows x, const RidgeOptions& options) {
    fitters_.push_back(
        {std::move(folds),
         std::make_unique<FoldFitter>(std::move(x), side, experiment.settings, options)});
  };
  const bool dual = is_dual(features.front().cols(), side.plan);
  const std::vector<int64_t> folds = tested_folds(side.plan);
  if (!dual && features.size() == 1) {
    add(folds, InputRows(features.front()), experiment.ridge);
    return;
  }
  RidgeOptions options = experiment.ridge;
  if (dual) options.scale = InputScale::kNone;
  for (const int64_t fold : folds) {
    InputRows x = features[features.size() > 1 ? static_cast<std::size_t>(fold) : 0];
    if (dual) x = dual_coordinates(x, side.plan, fold, experiment.ridge.scale);
    add({fold}, std::move(x), options);
  }
}

SolverAudit EncodingInputs::fit(const std::vector<RidgeTargets>& sensors,
                                FoldFitter::Want want,
                                const FoldFitter::Put& put) const {
  SolverAudit audit;
  for (const auto& of_folds : fitters_)
    audit += of_folds.fitter->fit(sensors, of_folds.folds, want, put);
  return audit;
}

bool EncodingInputs::is_dual(int64_t num_features, const TrainingPlan& plan) {
  const auto folds = tested_folds(plan);
  return std::any_of(folds.begin(), folds.end(), [&](int64_t fold) {
    return plan.num_training(fold) < num_features;
  });
}

EncodingParts load_features(const std::vector<AlignmentPlan>& plans,
                            const SubjectRecordings& recordings,
                            const std::vector<std::size_t>& files,
                            std::size_t subject) {
  EncodingParts made{plans, recordings, {}};
  for (const std::size_t file : files) {
    const AlignmentPlan& plan = plans[file];
    const Experiment& experiment = plan.experiment;
    for (const auto& group : plan.groups) {
      const auto& side = group.subjects[subject];
      for (std::size_t context = 0; context < group.contexts.size(); ++context) {
        for (int64_t tap = 0; tap < std::ssize(plan.header.taps); ++tap) {
          auto features = read_features(plan, group, context, tap, *side);
          made.fits.push_back({file, side, group.contexts[context], tap, nullptr, nullptr, {}});
          auto& fit = made.fits.back();
          if (experiment.settings.bands.empty()) {
            fit.inputs = std::make_unique<EncodingInputs>(std::move(features), *side, experiment);
            continue;
          }
          fit.bands = parse_bands(experiment.settings.bands,
                                  plan.targets.num_taps(),
                                  static_cast<uint64_t>(experiment.settings.seed));
          fit.banded = std::make_unique<BandedRidge>(
              features.front(), band_of_features(plan), side->plan, experiment.ridge);
        }
      }
    }
  }
  return made;
}

int64_t feature_bytes(const AlignmentPlan& plan, std::size_t subject) {
  int64_t bytes = 0;
  const int64_t width = plan.targets.header().num_components *
                        (plan.experiment.settings.stack ? plan.targets.num_taps() : 1);
  const int64_t alphas = std::ssize(plan.experiment.ridge.alphas);
  for (const auto& group : plan.groups) {
    const auto& side = *group.subjects[subject];
    const int64_t words = std::ssize(side.words);
    const int64_t folds = side.plan.num_folds;
    const bool dual = EncodingInputs::is_dual(width, side.plan);
    const int64_t inputs = dual ? folds * words : width;
    const int64_t a_fit = words * (inputs * 24 + folds * alphas * 4) +
                          (folds * 3 + std::ssize(side.plan.cells)) * inputs * inputs /
                              (dual ? folds * folds : 1) * 8;
    bytes += std::ssize(group.contexts) * std::ssize(plan.header.taps) * a_fit;
  }
  return bytes;
}

int64_t encoding_bytes(const std::vector<AlignmentPlan>& plans, std::size_t subject) {
  int64_t most = 0;
  for (const auto& plan : plans) {
    const int64_t sensors = std::ssize(plan.experiment.sensors.sensors);
    const int64_t width = plan.targets.header().num_components *
                          (plan.experiment.settings.stack ? plan.targets.num_taps() : 1);
    for (const auto& group : plan.groups) {
      const auto& side = *group.subjects[subject];
      const int64_t words = std::ssize(side.words);
      // Sensors gathered, standardised, in single precision; predictions with their copies; sums of
      // cells; what a fold's penalties are chosen with.
      const int64_t inputs = std::min(width, words);
      most = std::max(
          most,
          words * sensors * (8 + 12 + 32) +
              (std::ssize(side.plan.cells) + side.plan.num_folds * 3) * inputs * sensors * 8 +
              4 * inputs * inputs * 8 + words * inputs * 8);
    }
  }
  return most;
}

SolverAudit encode_part(const EncodingParts& inputs,
                        const ScorePart& part,
                        const std::vector<std::unique_ptr<PartValues>>& values) {
  SolverAudit audit;
  const int64_t first = inputs.plans.front().experiment.grid.first + part.first_time;
  for (int64_t time = 0; time < part.num_times; ++time) {
    for (const auto& side : sides_of(inputs)) {
      if (!wants_any(inputs, *side, values)) continue;
      const Eigen::MatrixXd y = inputs.recordings.gather(side->words, first + time);
      std::vector<RidgeTargets> sensors;
      sensors.emplace_back(scale_targets(y).apply(y), side->strata);
      for (const auto& fit : inputs.fits) {
        if (fit.side != side || values[fit.file] == nullptr) continue;
        audit += encode(inputs, fit, sensors, time, *values[fit.file]);
      }
    }
  }
  return audit;
}

}  // namespace lockstep
