// Decides what is fitted: which words of which subject, in which folds, against which targets.
#include "aligner/alignment_plan.h"

#include <algorithm>
#include <tuple>

#include "aligner/alignment_header.h"
#include "aligner/embargo.h"
#include "aligner/ridge/banded_ridge.h"
#include "base/error.h"
#include "base/text.h"

namespace lockstep {
namespace {

void check_fold_plan(const Experiment& experiment,
                     const std::filesystem::path& path,
                     const TargetsHeader& targets) {
  if (targets.num_folds == 0 || targets.folds_sha256 == experiment.folds.sha256) return;
  fail(Blame::kData,
       "{}: fitted on the training words of the fold plan {}; --folds {} is {}",
       path,
       targets.folds_sha256.substr(0, 12),
       experiment.settings.folds,
       experiment.folds.sha256.substr(0, 12));
}

/// Bands are searched on one set of features, and before anything is written.
void check_bands(const Experiment& experiment,
                 const std::filesystem::path& path,
                 const TargetTable& targets) {
  const auto& settings = experiment.settings;
  if (settings.bands.empty()) return;
  parse_bands(settings.bands, targets.num_taps(), static_cast<uint64_t>(settings.seed));
  if (targets.num_fits() > 1) {
    fail(Blame::kData,
         "{}: has components for each of {} folds; --bands wants components fitted once",
         path,
         targets.num_fits());
  }
}

/// Words left by --words, --where and the targets file; with --available common also by every
/// context.
WordSelection select_from_targets(const Experiment& experiment, const TargetTable& targets) {
  WordSelection selection = experiment.selection;
  selection.restrict_to(targets.has_word(), "not in the targets");
  if (experiment.settings.available == "each") return selection;
  for (int64_t context = 0; context < targets.num_contexts(); ++context) {
    const auto& name = targets.header().contexts[static_cast<std::size_t>(context)].name;
    selection.restrict_to(targets.available(context), text("context {} not available", name));
  }
  return selection;
}

/// One group of all contexts, or one a context with --available each; `keeps` is what is left for
/// each.
struct Candidates {
  std::vector<int64_t> contexts;
  std::vector<uint8_t> keeps;
};

std::vector<Candidates> make_candidates(const AlignSettings& settings,
                                        const WordSelection& selection,
                                        const TargetTable& targets) {
  std::vector<Candidates> all;
  if (settings.available == "common") all.push_back({{}, selection.keeps});
  for (int64_t context = 0; context < targets.num_contexts(); ++context) {
    if (settings.available == "each") {
      auto keeps = targets.available(context);
      for (std::size_t row = 0; row < keeps.size(); ++row) keeps[row] &= selection.keeps[row];
      all.push_back({{}, std::move(keeps)});
    }
    all.back().contexts.push_back(context);
  }
  return all;
}

SubjectGroup make_subject_group(const SubjectWords& heard,
                                const std::vector<uint8_t>& keeps,
                                const FoldPlan& folds,
                                double embargo_s) {
  SubjectGroup group;
  for (std::size_t row = 0; row < keeps.size(); ++row) {
    if (keeps[row] != 0 && heard.words[row].row >= 0) group.words.push_back(heard.words[row]);
  }
  const auto block_of = [&](const HeardWord& word) {
    return folds.block[static_cast<std::size_t>(word.row)];
  };
  std::stable_sort(
      group.words.begin(), group.words.end(), [&](const HeardWord& a, const HeardWord& b) {
        return std::tuple(block_of(a), a.recording, a.onset_s) <
               std::tuple(block_of(b), b.recording, b.onset_s);
      });
  std::vector<int64_t> row_block;
  for (const auto& word : group.words) row_block.push_back(block_of(word));
  std::vector<int64_t> block_fold;
  for (int64_t block = 0; block < folds.num_blocks; ++block) {
    block_fold.push_back(folds.fold_of_block(block));
  }
  group.plan = make_training_plan(
      row_block, block_fold, training_marks(group.words, folds, embargo_s), folds.num_folds);
  group.strata = stratify(group.plan);
  return group;
}

std::vector<int64_t> rows_of_any(const std::vector<std::shared_ptr<const SubjectGroup>>& subjects) {
  std::vector<int64_t> rows;
  for (const auto& subject : subjects) {
    const auto own = subject->rows();
    rows.insert(rows.end(), own.begin(), own.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

SubjectGroup make_checked_group(const Experiment& experiment,
                                const SubjectWords& heard,
                                const std::vector<uint8_t>& keeps,
                                double embargo_s) {
  SubjectGroup made = make_subject_group(heard, keeps, experiment.folds, embargo_s);
  if (made.words.empty()) {
    fail(Blame::kData, "{}: no word is left to analyse; see --words and --where", heard.subject);
  }
  check_training_plan(made.plan, experiment.ridge, heard.subject);
  made.shifts = draw_null_shifts(experiment.words,
                                 made.rows(),
                                 made.plan,
                                 experiment.settings.null_draws,
                                 static_cast<uint64_t>(experiment.settings.seed));
  return made;
}

ContextGroup make_group(const AlignmentPlan& plan,
                        const Candidates& candidates,
                        double embargo_s,
                        InputSides& sides) {
  ContextGroup group;
  group.contexts = candidates.contexts;
  const auto& heard = plan.experiment.heard;
  for (std::size_t subject = 0; subject < heard.size(); ++subject) {
    group.subjects.push_back(sides.share(
        subject, make_checked_group(plan.experiment, heard[subject], candidates.keeps, embargo_s)));
  }
  group.rows = rows_of_any(group.subjects);
  for (int64_t fit = 0; fit < plan.targets.num_fits(); ++fit) {
    for (const int64_t context : group.contexts) {
      for (int64_t tap = 0; tap < plan.targets.num_taps(); ++tap) {
        group.scales.push_back(scale_targets(plan.targets.values(fit, context, tap, group.rows)));
      }
    }
  }
  return group;
}

double embargo_of(const AlignmentPlan& plan, const std::vector<uint8_t>& keeps) {
  const auto& experiment = plan.experiment;
  const double asked_s = parse_embargo(experiment.settings.embargo);
  if (asked_s >= 0) return asked_s;
  const auto times_s = experiment.grid.times_s();
  const double window_s = times_s.back() - times_s.front();
  const auto context_s = longest_context_s(experiment.words, keeps, plan.targets.header().contexts);
  return std::max(window_s, context_s.value_or(0));
}

bool same_words(const std::vector<HeardWord>& a, const std::vector<HeardWord>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const HeardWord& x, const HeardWord& y) {
        return x.row == y.row && x.recording == y.recording && x.sample == y.sample;
      });
}

/// Blocks and folds are those of one fold plan; the embargo may differ.
bool same_training(const TrainingPlan& a, const TrainingPlan& b) {
  return std::equal(a.cells.begin(),
                    a.cells.end(),
                    b.cells.begin(),
                    b.cells.end(),
                    [](const TrainingCell& x, const TrainingCell& y) {
                      return x.block == y.block && x.trains == y.trains && x.rows == y.rows;
                    });
}

}  // namespace

std::vector<int64_t> SubjectGroup::rows() const {
  std::vector<int64_t> all;
  for (const auto& word : words) all.push_back(word.row);
  return all;
}

std::shared_ptr<const SubjectGroup> InputSides::share(std::size_t subject, SubjectGroup made) {
  for (const auto& [of, side] : kept_) {
    if (of == subject && same_words(side->words, made.words) &&
        same_training(side->plan, made.plan)) {
      return side;
    }
  }
  kept_.emplace_back(subject, std::make_shared<const SubjectGroup>(std::move(made)));
  return kept_.back().second;
}

Eigen::MatrixXd AlignmentPlan::standardised_tap(const ContextGroup& group,
                                                std::size_t context,
                                                int64_t fit,
                                                int64_t tap,
                                                const SubjectGroup& subject) const {
  const auto in_group = static_cast<int64_t>(context);
  const auto place = (fit * std::ssize(group.contexts) + in_group) * targets.num_taps() + tap;
  return group.scales[static_cast<std::size_t>(place)].apply(
      targets.values(fit, group.contexts[context], tap, subject.rows()));
}

Eigen::MatrixXd AlignmentPlan::standardised(const ContextGroup& group,
                                            std::size_t context,
                                            int64_t fit,
                                            const SubjectGroup& subject) const {
  const int64_t width = targets.header().num_components;
  Eigen::MatrixXd all(std::ssize(subject.words), targets.num_taps() * width);
  for (int64_t tap = 0; tap < targets.num_taps(); ++tap) {
    all.middleCols(tap * width, width) = standardised_tap(group, context, fit, tap, subject);
  }
  return all;
}

AlignmentPlan plan_alignment(const Experiment& experiment,
                             const std::filesystem::path& targets,
                             InputSides& sides) {
  AlignmentPlan plan{
      experiment, TargetTable(targets, experiment.words, experiment.settings.contexts), {}, {}, {}};
  check_fold_plan(experiment, targets, plan.targets.header());
  check_bands(experiment, targets, plan.targets);
  WordSelection selection = select_from_targets(experiment, plan.targets);
  const double embargo_s = embargo_of(plan, selection.keeps);
  for (const auto& candidates : make_candidates(experiment.settings, selection, plan.targets)) {
    plan.groups.push_back(make_group(plan, candidates, embargo_s, sides));
  }
  describe_plan(plan, targets, std::move(selection), embargo_s);
  return plan;
}

}  // namespace lockstep
