#include "aligner/decoding.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "aligner/fold_fitter.h"
#include "aligner/generalisation.h"
#include "aligner/time_scores.h"

namespace lockstep {
namespace {

SideTargets& side_of(std::vector<SideTargets>& sides,
                     const std::shared_ptr<const SubjectGroup>& side) {
  const auto found = std::find_if(
      sides.begin(), sides.end(), [&](const SideTargets& known) { return known.side == side; });
  if (found != sides.end()) return *found;
  sides.push_back({side, {}});
  return sides.back();
}

bool wants_any(const SideTargets& side, const std::vector<std::unique_ptr<PartValues>>& values) {
  return std::any_of(side.targets.begin(), side.targets.end(), [&](const SubjectTargets& targets) {
    return values[targets.file] != nullptr;
  });
}

}  // namespace

std::vector<SideTargets> load_targets(const std::vector<AlignmentPlan>& plans,
                                      const std::vector<std::size_t>& files,
                                      std::size_t subject) {
  std::vector<SideTargets> sides;
  for (const std::size_t file : files) {
    const AlignmentPlan& plan = plans[file];
    for (const auto& group : plan.groups) {
      const auto& side = group.subjects[subject];
      for (std::size_t context = 0; context < group.contexts.size(); ++context) {
        SubjectTargets targets{file, group.contexts[context], {}};
        for (int64_t fit = 0; fit < plan.targets.num_fits(); ++fit) {
          targets.y.emplace_back(plan.standardised(group, context, fit, *side), side->strata);
        }
        side_of(sides, side).targets.push_back(std::move(targets));
      }
    }
  }
  return sides;
}

int64_t target_bytes(const AlignmentPlan& plan, std::size_t subject) {
  constexpr int64_t kSingle = 4;
  int64_t bytes = 0;
  for (const auto& group : plan.groups) {
    bytes += std::ssize(group.subjects[subject]->words) * std::ssize(group.contexts) *
             plan.targets.columns_per_context() * plan.targets.num_fits() * kSingle;
  }
  return bytes;
}

int64_t decoding_bytes(const std::vector<AlignmentPlan>& plans, std::size_t subject) {
  int64_t most = 0;
  for (const auto& plan : plans) {
    const int64_t sensors = std::ssize(plan.experiment.sensors.sensors);
    const int64_t alphas = std::ssize(plan.experiment.ridge.alphas);
    for (const auto& group : plan.groups) {
      const auto& side = *group.subjects[subject];
      const int64_t words = std::ssize(side.words);
      const int64_t folds = side.plan.num_folds;
      const int64_t columns = plan.targets.columns_per_context();
      // Gathered, centred and whitened sensors; weights of the words; sums of cells; and, for the
      // fold with the most test words, observed and predicted values with their copies.
      int64_t test = 0;
      for (int64_t fold = 0; fold < folds; ++fold) test = std::max(test, side.plan.num_test(fold));
      most = std::max(most,
                      words * (sensors * 24 + folds * alphas * 4) +
                          std::ssize(side.plan.cells) * sensors * (sensors + columns) * 8 +
                          folds * sensors * (4 * sensors + 3 * columns) * 8 + words * columns * 8 +
                          test * columns * 40);
    }
  }
  return most;
}

namespace {

FoldFitter fitter_at(const Experiment& experiment,
                     const SubjectRecordings& recordings,
                     const SubjectGroup& side,
                     int64_t lag) {
  if (auto whitened = recordings.whitened(side, lag)) {
    return {std::move(*whitened), side, experiment.settings, experiment.ridge};
  }
  return {recordings.gather(side.words, lag), side, experiment.settings, experiment.ridge};
}

/// One target set of a side at one time.
SolverAudit decode(const DecodingInputs& inputs,
                   std::size_t side,
                   const SubjectTargets& targets,
                   const FoldFitter& fitter,
                   const ScorePart& part,
                   int64_t time,
                   PartValues& values) {
  const ScoresHeader& header = inputs.plans[targets.file].header;
  const SubjectGroup& words = *inputs.sides[side].side;
  const FitPlace place{targets.context, 0, std::ssize(header.taps), time};
  TimeScores scores(header, words, place, values);
  Eigen::MatrixXd alpha = Eigen::MatrixXd::Constant(
      header.num_folds, targets.y.front().count(), std::numeric_limits<double>::quiet_NaN());
  const SolverAudit audit =
      fitter.fit(targets.y, tested_folds(words.plan), scores.wants(), [&](FoldOutcome outcome) {
        alpha.row(outcome.fold) =
            Eigen::Map<const Eigen::RowVectorXd>(outcome.alpha.data(), alpha.cols());
        scores.put_fold(std::move(outcome));
      });
  scores.finish();
  if (header.generalises) {
    inputs.generalisations[side]->put(header, targets, part.first_time + time, alpha, time, values);
  }
  return audit;
}

}  // namespace

SolverAudit decode_part(const DecodingInputs& inputs,
                        const ScorePart& part,
                        const std::vector<std::unique_ptr<PartValues>>& values) {
  const Experiment& experiment = inputs.plans.front().experiment;
  SolverAudit audit;
  for (int64_t time = 0; time < part.num_times; ++time) {
    const int64_t lag = experiment.grid.first + part.first_time + time;
    for (std::size_t side = 0; side < inputs.sides.size(); ++side) {
      const SideTargets& shared = inputs.sides[side];
      if (!wants_any(shared, values)) continue;
      const FoldFitter fitter = fitter_at(experiment, inputs.recordings, *shared.side, lag);
      for (const auto& targets : shared.targets) {
        if (values[targets.file] == nullptr) continue;
        audit += decode(inputs, side, targets, fitter, part, time, *values[targets.file]);
      }
    }
  }
  return audit;
}

}  // namespace lockstep
