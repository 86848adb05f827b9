// Decides what is fitted: which words of which subject, in which folds, against which targets.
#include "aligner/alignment_plan.h"

#include <algorithm>
#include <tuple>

#include "aligner/alignment_header.h"
#include "aligner/embargo.h"
#include "aligner/ridge/alpha_grid.h"
#include "aligner/word_selection.h"
#include "base/error.h"
#include "base/progress.h"
#include "stimuli/folds.h"

namespace lockstep {
namespace {

MegFile read_meg(const std::filesystem::path& path, const Words& words) {
  MegFile meg(path);
  const auto& header = meg.header();
  if (header.words_sha256 != words.sha256) {
    fail(Blame::kData,
         "{}: made with the words {}; wanted {}, those of --stimuli",
         path,
         header.words_sha256.substr(0, 12),
         words.sha256.substr(0, 12));
  }
  if (header.recordings.empty()) fail(Blame::kData, "{}: no recording", path);
  const auto& first = header.recordings.front();
  for (const auto& other : header.recordings) {
    if (first.rate_numerator * other.rate_denominator !=
        other.rate_numerator * first.rate_denominator) {
      fail(Blame::kData,
           "{}: {} has {} Hz, {} has {} Hz; wanted one rate",
           path,
           first.name,
           first.rate_hz(),
           other.name,
           other.rate_hz());
    }
  }
  return meg;
}

FoldPlan read_fold_plan(const AlignSettings& settings,
                        const Words& words,
                        const std::filesystem::path& targets_path,
                        const TargetsHeader& targets) {
  FoldPlan folds = folds_for(words, settings.folds);
  if (targets.num_folds > 0 && targets.folds_sha256 != folds.sha256) {
    fail(Blame::kData,
         "{}: fitted on the training words of the fold plan {}; --folds {} is {}",
         targets_path,
         targets.folds_sha256.substr(0, 12),
         settings.folds,
         folds.sha256.substr(0, 12));
  }
  return folds;
}

/// Words left by --words, --where and the targets file; with --available common also by every
/// context.
WordSelection select_from_targets(const AlignSettings& settings,
                                  const Words& words,
                                  const TargetTable& targets) {
  WordSelection selection = select_words(words, settings.words, settings.where);
  selection.restrict_to(targets.has_word(), "not in the targets");
  if (settings.available == "each") return selection;
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

std::vector<std::vector<RowRange>> find_broken_rows(const MegFile& meg,
                                                    const SensorSelection& sensors) {
  std::vector<std::vector<RowRange>> broken;
  for (std::size_t r = 0; r < meg.header().recordings.size(); ++r) {
    broken.push_back(broken_rows(meg.read(r), meg.header().sensors.size(), sensors.sensors));
  }
  return broken;
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

std::vector<int64_t> rows_of_any(const std::vector<SubjectGroup>& subjects) {
  std::vector<int64_t> rows;
  for (const auto& subject : subjects) {
    const auto own = subject.rows();
    rows.insert(rows.end(), own.begin(), own.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

ContextGroup make_group(const AlignmentPlan& plan,
                        const Candidates& candidates,
                        const std::vector<SubjectWords>& heard,
                        double embargo_s) {
  ContextGroup group;
  group.contexts = candidates.contexts;
  for (const auto& subject : heard) {
    group.subjects.push_back(make_subject_group(subject, candidates.keeps, plan.folds, embargo_s));
    auto& made = group.subjects.back();
    if (made.words.empty()) {
      fail(
          Blame::kData, "{}: no word is left to analyse; see --words and --where", subject.subject);
    }
    check_training_plan(made.plan, plan.ridge, subject.subject);
    made.shifts = draw_null_shifts(plan.words,
                                   made.rows(),
                                   made.plan,
                                   plan.settings.null_draws,
                                   static_cast<uint64_t>(plan.settings.seed));
  }
  group.rows = rows_of_any(group.subjects);
  for (int64_t fit = 0; fit < plan.targets.num_fits(); ++fit) {
    group.scales.push_back(scale_targets(plan.targets.values(fit, group.contexts, group.rows)));
  }
  return group;
}

RidgeOptions ridge_options(const AlignSettings& settings) {
  RidgeOptions options;
  options.alphas = parse_alphas(settings.alphas);
  options.alpha_by = settings.solver == "gcv"     ? AlphaBy::kGeneralised
                     : settings.alpha_by == "loo" ? AlphaBy::kLeaveOneOut
                                                  : AlphaBy::kBlock;
  options.scale = settings.scale == "train" ? InputScale::kTrain
                  : settings.scale == "all" ? InputScale::kAll
                                            : InputScale::kNone;  // recordings are scaled when read
  return options;
}

double embargo_of(const AlignmentPlan& plan, const std::vector<uint8_t>& keeps) {
  const double asked_s = parse_embargo(plan.settings.embargo);
  if (asked_s >= 0) return asked_s;
  const auto times_s = plan.grid.times_s();
  const double window_s = times_s.back() - times_s.front();
  const auto context_s = longest_context_s(plan.words, keeps, plan.targets.header().contexts);
  return std::max(window_s, context_s.value_or(0));
}

}  // namespace

std::vector<int64_t> SubjectGroup::rows() const {
  std::vector<int64_t> all;
  for (const auto& word : words) all.push_back(word.row);
  return all;
}

AlignmentPlan plan_alignment(const AlignInputs& inputs, const AlignSettings& settings) {
  check_settings(settings);
  Words words = read_words_folder(inputs.stimuli);
  MegFile meg = read_meg(inputs.meg, words);
  TargetTable targets(inputs.targets, words, settings.contexts);
  FoldPlan folds = read_fold_plan(settings, words, inputs.targets, targets.header());
  AlignmentPlan plan{settings,
                     std::move(words),
                     std::move(meg),
                     std::move(targets),
                     std::move(folds),
                     {},
                     {},
                     ridge_options(settings),
                     {},
                     {},
                     {}};
  const auto& meg_header = plan.meg.header();
  plan.grid = make_time_grid(settings.times, settings.time_end, meg_header.recordings.front());
  plan.sensors = select_sensors(meg_header.sensors, settings.sensors);

  WordSelection selection = select_from_targets(settings, plan.words, plan.targets);
  const double embargo_s = embargo_of(plan, selection.keeps);
  const auto broken = find_broken_rows(plan.meg, plan.sensors);
  std::vector<SubjectWords> heard;
  for (const auto& subject : subjects_of(meg_header)) {
    heard.push_back(
        find_heard_words(meg_header, subject, plan.grid, std::ssize(plan.words.rows), broken));
  }
  for (const auto& candidates : make_candidates(settings, selection, plan.targets)) {
    plan.groups.push_back(make_group(plan, candidates, heard, embargo_s));
  }
  describe_plan(plan, inputs, heard, std::move(selection), embargo_s);
  return plan;
}

}  // namespace lockstep
