// The header of scores.h5: what was analysed, what was left out and why, and where everything came
// from.
#include "aligner/alignment_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "aligner/score_parts.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "base/text.h"

namespace lockstep {
namespace {

/// Words that --words and the targets left but that a subject did not hear usably, by reason.
std::array<int64_t, kNumUnheard> count_unheard(const SubjectWords& heard,
                                               const std::vector<uint8_t>& keeps) {
  std::array<int64_t, kNumUnheard> counts{};
  for (std::size_t row = 0; row < keeps.size(); ++row) {
    if (keeps[row] != 0) ++counts[static_cast<std::size_t>(heard.reason[row])];
  }
  return counts;
}

/// Takes off the words that no subject heard usably; a word's reason is that of the first subject.
void drop_unheard(WordSelection& selection, const std::vector<SubjectWords>& heard) {
  const auto num_rows = selection.keeps.size();
  std::vector<uint8_t> usable(num_rows, 0);
  for (const auto& subject : heard) {
    for (std::size_t row = 0; row < num_rows; ++row) {
      if (subject.reason[row] == Unheard::kUsable) usable[row] = 1;
    }
  }
  for (std::size_t reason = 1; reason < kNumUnheard; ++reason) {
    std::vector<uint8_t> keep(num_rows, 1);
    for (std::size_t row = 0; row < num_rows; ++row) {
      const bool is_reason = heard.front().reason[row] == static_cast<Unheard>(reason);
      if (usable[row] == 0 && is_reason) keep[row] = 0;
    }
    selection.restrict_to(keep, to_text(static_cast<Unheard>(reason)));
  }
}

/// "sub-003: 12 of 800 words not used: 12 no event in the recording" where a subject lacks words
/// that others have.
void note_missing_words(ScoresHeader& header,
                        const std::vector<SubjectWords>& heard,
                        const WordSelection& selection) {
  for (const auto& subject : heard) {
    const auto counts = count_unheard(subject, selection.keeps);
    std::vector<std::string> reasons;
    int64_t missing = 0;
    for (std::size_t reason = 1; reason < kNumUnheard; ++reason) {
      if (counts[reason] == 0) continue;
      missing += counts[reason];
      reasons.push_back(text("{} {}", counts[reason], to_text(static_cast<Unheard>(reason))));
    }
    if (missing > 0) {
      header.notices.push_back(text("{}: {} of {} words not used: {}",
                                    subject.subject,
                                    missing,
                                    selection.count(),
                                    join(reasons, ", ")));
    }
    if (subject.num_repeats > 0) {
      header.notices.push_back(text("{}: {} events not used: the word was heard before",
                                    subject.subject,
                                    subject.num_repeats));
    }
  }
}

/// Why the folds are not of the scheme that was asked for; empty if they are.
std::string fallback_notice(const AlignmentPlan& plan) {
  const auto& options = plan.experiment.folds.provenance.options;
  const auto fallback = options.find("fallback");
  if (fallback == options.end() || !fallback->is_string()) return {};
  return "folds: " + fallback->get<std::string>();
}

void note_folds(ScoresHeader& header, const AlignmentPlan& plan) {
  if (plan.experiment.folds.scheme == "shuffled") {
    header.notices.push_back(
        "shuffled folds: neighbouring words share context and signal, so scores are too high even "
        "where there is nothing to find; put honest folds (--preset strict) beside them");
  }
  if (const auto notice = fallback_notice(plan); !notice.empty()) header.notices.push_back(notice);
  for (const auto& group : plan.groups) {
    for (std::size_t s = 0; s < group.subjects.size(); ++s) {
      for (int64_t fold = 0; fold < plan.experiment.folds.num_folds; ++fold) {
        if (const int64_t count = group.subjects[s]->plan.num_test(fold); count < 2) {
          header.notices.push_back(
              text("{}: fold {} tests {} words and has no score", header.subjects[s], fold, count));
        }
      }
    }
  }
}

void note_targets(ScoresHeader& header, const AlignmentPlan& plan) {
  const auto& targets = plan.targets.header();
  if (plan.experiment.settings.preset == "strict" && targets.fit != "train" &&
      targets.fit != "none") {
    header.notices.push_back(text(
        "the components were fitted on {} words, test words included; reduce --fit train --folds "
        "FILE keeps them apart",
        targets.fit));
  }
  std::set<int64_t> outliers;
  int64_t constant = 0;
  for (const auto& group : plan.groups) {
    for (const auto& scale : group.scales) {
      constant += scale.num_constant;
      for (std::size_t i = 0; i < group.rows.size(); ++i) {
        if (scale.outlier[i] != 0) outliers.insert(group.rows[i]);
      }
    }
  }
  header.num_outliers = std::ssize(outliers);
  if (header.num_outliers > 0) {
    header.notices.push_back(text("{} of {} words lie beyond 5 standard deviations on a component",
                                  header.num_outliers,
                                  header.num_analysed));
  }
  if (constant > 0) {
    const bool encodes = plan.experiment.settings.direction == "encode";
    header.notices.push_back(text("{} components are constant over the analysed words and {}",
                                  constant,
                                  encodes ? "predict nothing" : "have no score"));
  }
}

void note_solver(ScoresHeader& header, const AlignmentPlan& plan) {
  if (plan.experiment.ridge.alpha_by != AlphaBy::kGeneralised) return;
  header.notices.push_back(
      "--solver gcv: alphas are chosen by generalised cross-validation, an approximation of "
      "leave-one-out");
}

/// With --scale none the penalties act in the sensors' units: in tesla even the smallest is
/// infinite.
void note_scale(ScoresHeader& header, const AlignmentPlan& plan) {
  if (plan.experiment.settings.scale != "none") return;
  for (const int64_t sensor : plan.experiment.sensors.sensors) {
    if (plan.experiment.meg.header().sensors[static_cast<std::size_t>(sensor)].unit != "T")
      continue;
    header.notices.push_back(text(
        "the sensors are in tesla and not scaled: next to their variance every alpha from {} on "
        "is infinite",
        plan.experiment.ridge.alphas.front()));
    return;
  }
}

void fill_settings(ScoresHeader& header, const AlignmentPlan& plan, double embargo_s) {
  const auto& settings = plan.experiment.settings;
  header.preset = settings.preset;
  header.folds = plan.experiment.folds.scheme;
  header.alpha_by = settings.solver == "gcv" ? "gcv" : settings.alpha_by;
  header.scale = settings.scale;
  header.r = settings.r;
  header.generalises = settings.generalise;
  header.words_selection = settings.to_json().at("words").get<std::string>();
  header.where = settings.where;
  header.embargo_s = embargo_s;
  header.alphas = plan.experiment.ridge.alphas;
  header.num_null_draws = settings.null_draws;
  header.words_sha256 = plan.experiment.words.sha256;
  header.folds_sha256 = plan.experiment.folds.sha256;
}

/// Encoding: a component is a sensor; stacked layers are one tap without a place in the model.
void turn_round(ScoresHeader& header, const AlignmentPlan& plan) {
  const auto& settings = plan.experiment.settings;
  header.direction = settings.direction;
  for (const int64_t sensor : plan.experiment.sensors.sensors) {
    header.sensors.push_back(
        plan.experiment.meg.header().sensors[static_cast<std::size_t>(sensor)].name);
  }
  header.num_components = std::ssize(header.sensors);
  if (!settings.stack) return;
  if (!settings.bands.empty()) {
    for (const auto& tap : header.taps) header.bands.push_back(tap.name);
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  header.taps = {{"stacked", 0, nan, nan}};
  header.explained.assign(header.contexts.size(), nan);
}

void fill_axes(ScoresHeader& header, const AlignmentPlan& plan) {
  const auto& targets = plan.targets.header();
  header.model = targets.model;
  header.subjects = subjects_of(plan.experiment.meg.header());
  header.contexts = targets.contexts;
  header.taps = targets.taps;
  header.num_components = targets.num_components;
  header.explained = plan.targets.explained();
  if (plan.experiment.settings.direction == "encode") turn_round(header, plan);
  header.num_folds = plan.experiment.folds.num_folds;
  for (int64_t block = 0; block < plan.experiment.folds.num_blocks; ++block) {
    header.block_fold.push_back(plan.experiment.folds.fold_of_block(block));
  }
  header.times_s = plan.experiment.grid.times_s();
  header.time_first = plan.experiment.grid.first;
  header.rate_numerator = plan.experiment.grid.rate_numerator;
  header.rate_denominator = plan.experiment.grid.rate_denominator;
  header.num_sensors = std::ssize(plan.experiment.sensors.sensors);
}

/// Subject x fold; the smallest of the groups, where contexts have words of their own.
void fill_counts(ScoresHeader& header, const AlignmentPlan& plan) {
  for (std::size_t s = 0; s < header.subjects.size(); ++s) {
    for (int64_t fold = 0; fold < header.num_folds; ++fold) {
      int64_t n_train = std::numeric_limits<int64_t>::max();
      int64_t n_test = std::numeric_limits<int64_t>::max();
      for (const auto& group : plan.groups) {
        n_train = std::min(n_train, group.subjects[s]->plan.num_training(fold));
        n_test = std::min(n_test, group.subjects[s]->plan.num_test(fold));
      }
      header.n_train.push_back(n_train);
      header.n_test.push_back(n_test);
    }
  }
  std::set<int64_t> analysed;
  for (const auto& group : plan.groups) analysed.insert(group.rows.begin(), group.rows.end());
  header.num_analysed = std::ssize(analysed);
  header.num_rows = std::ssize(plan.experiment.words.rows);
  for (const auto& row : plan.experiment.words.rows) header.num_matched += row.has_span ? 1 : 0;
}

Provenance make_provenance(const AlignmentPlan& plan,
                           const std::filesystem::path& targets,
                           const std::vector<std::filesystem::path>& files) {
  Provenance own;
  own.label = "scores.h5";
  own.what = "lockstep align";
  own.options = plan.experiment.settings.to_json();
  for (const auto& file : files) {
    own.options["files"][file.filename().string()] = sha256_of_file(file);
  }
  if (std::filesystem::is_regular_file(plan.experiment.settings.sensors)) {
    own.options["files"]["sensors"] = sha256_of_file(plan.experiment.settings.sensors);
  }
  own.versions = {{"lockstep", LOCKSTEP_VERSION}};
  own.parents = plan.experiment.parents;
  own.parents.insert(own.parents.begin() + 1, as_parent(plan.targets.header().provenance, targets));
  return own;
}

/// Groups of contexts often have the same to say.
std::vector<std::string> without_repeats(const std::vector<std::string>& notices) {
  std::vector<std::string> kept;
  for (const auto& notice : notices) {
    if (std::find(kept.begin(), kept.end(), notice) == kept.end()) kept.push_back(notice);
  }
  return kept;
}

void say_plan(const AlignmentPlan& plan) {
  const auto& header = plan.header;
  const auto& settings = plan.experiment.settings;
  say(text("preset {}: folds {} ({} folds, {} blocks), embargo {} s, alphas {} by {}, scale {}",
           settings.preset,
           header.folds,
           header.num_folds,
           std::ssize(header.block_fold),
           header.embargo_s,
           settings.alphas,
           settings.alpha_by,
           settings.scale));
  say(text(
      "times {} to {} s, {} samples at {} Hz; {} sensors; {} subjects; {} contexts x {} taps x {} "
      "components",
      header.times_s.front(),
      header.times_s.back(),
      std::ssize(header.times_s),
      plan.experiment.grid.rate_hz(),
      header.num_sensors,
      std::ssize(header.subjects),
      std::ssize(header.contexts),
      std::ssize(header.taps),
      header.num_components));
  say(text("words: {} rows, {} with text, {} analysed",
           header.num_rows,
           header.num_matched,
           header.num_analysed));
  for (const auto& step : header.word_steps) say(text("  - {}  {}", step.count, step.what));
  const bool folds_said_it = !std::filesystem::is_regular_file(settings.folds);
  for (const auto& notice : header.notices) {
    if (folds_said_it && notice == fallback_notice(plan)) continue;
    warn(notice);
  }
}

}  // namespace

void describe_plan(AlignmentPlan& plan,
                   const std::filesystem::path& targets,
                   WordSelection selection,
                   double embargo_s) {
  ScoresHeader& header = plan.header;
  fill_axes(header, plan);
  fill_settings(header, plan, embargo_s);
  fill_counts(header, plan);
  drop_unheard(selection, plan.experiment.heard);
  if (const int64_t left = selection.count() - header.num_analysed; left > 0) {
    selection.steps.push_back({"no context available", left});
  }
  header.word_steps = selection.steps;
  note_missing_words(header, plan.experiment.heard, selection);
  note_folds(header, plan);
  note_targets(header, plan);
  note_scale(header, plan);
  note_solver(header, plan);
  if (plan.experiment.sensors.num_bad > 0) {
    header.notices.push_back(text("{} bad sensors left out", plan.experiment.sensors.num_bad));
  }
  header.provenance = make_provenance(plan, targets, selection.files);
  if (plan.experiment.meg.header().truth) {
    header.truth = std::make_unique<PlantedTruth>(*plan.experiment.meg.header().truth);
  }
  header.notices = without_repeats(header.notices);
  plan.key = sha256_of(
      text("{} {} {}", header.provenance.to_json().dump(), header.folds_sha256, kTimesInAPart));
  say_plan(plan);
}

}  // namespace lockstep
