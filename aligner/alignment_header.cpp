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
  const auto& options = plan.folds.provenance.options;
  const auto fallback = options.find("fallback");
  if (fallback == options.end() || !fallback->is_string()) return {};
  return "folds: " + fallback->get<std::string>();
}

void note_folds(ScoresHeader& header, const AlignmentPlan& plan) {
  if (plan.folds.scheme == "shuffled") {
    header.notices.push_back(
        "shuffled folds: neighbouring words share context and signal, so scores are too high even "
        "where there is nothing to find; put honest folds (--preset strict) beside them");
  }
  if (const auto notice = fallback_notice(plan); !notice.empty()) header.notices.push_back(notice);
  for (const auto& group : plan.groups) {
    for (std::size_t s = 0; s < group.subjects.size(); ++s) {
      for (int64_t fold = 0; fold < plan.folds.num_folds; ++fold) {
        if (const int64_t count = group.subjects[s].plan.num_test(fold); count < 2) {
          header.notices.push_back(
              text("{}: fold {} tests {} words and has no score", header.subjects[s], fold, count));
        }
      }
    }
  }
}

void note_targets(ScoresHeader& header, const AlignmentPlan& plan, double embargo_s) {
  const auto& targets = plan.targets.header();
  if (plan.settings.preset == "strict" && targets.fit != "train" && targets.fit != "none") {
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
    header.notices.push_back(
        text("{} components are constant over the analysed words and have no score", constant));
  }
  if (plan.settings.embargo != "auto") return;
  for (const auto& context : targets.contexts) {
    if (context.words > 0) continue;
    header.notices.push_back(
        text("context {} is not counted in words: the embargo of {} s is not for it",
             context.name,
             embargo_s));
  }
}

void note_solver(ScoresHeader& header, const AlignmentPlan& plan) {
  if (plan.ridge.alpha_by != AlphaBy::kGeneralised) return;
  header.notices.push_back(
      "--solver gcv: alphas are chosen by generalised cross-validation, an approximation of "
      "leave-one-out");
}

/// With --scale none the penalties act in the sensors' units: in tesla even the smallest is
/// infinite.
void note_scale(ScoresHeader& header, const AlignmentPlan& plan) {
  if (plan.settings.scale != "none") return;
  for (const int64_t sensor : plan.sensors.sensors) {
    if (plan.meg.header().sensors[static_cast<std::size_t>(sensor)].unit != "T") continue;
    header.notices.push_back(text(
        "the sensors are in tesla and not scaled: next to their variance every alpha from {} on "
        "is infinite",
        plan.ridge.alphas.front()));
    return;
  }
}

void fill_settings(ScoresHeader& header, const AlignmentPlan& plan, double embargo_s) {
  const auto& settings = plan.settings;
  header.preset = settings.preset;
  header.folds = plan.folds.scheme;
  header.alpha_by = settings.solver == "gcv" ? "gcv" : settings.alpha_by;
  header.scale = settings.scale;
  header.words_selection = settings.to_json().at("words").get<std::string>();
  header.where = settings.where;
  header.embargo_s = embargo_s;
  header.alphas = plan.ridge.alphas;
  header.num_null_draws = settings.null_draws;
  header.words_sha256 = plan.words.sha256;
  header.folds_sha256 = plan.folds.sha256;
}

void fill_axes(ScoresHeader& header, const AlignmentPlan& plan) {
  const auto& targets = plan.targets.header();
  header.model = targets.model;
  header.subjects = subjects_of(plan.meg.header());
  header.contexts = targets.contexts;
  header.taps = targets.taps;
  header.num_components = targets.num_components;
  header.explained = plan.targets.explained();
  header.num_folds = plan.folds.num_folds;
  for (int64_t block = 0; block < plan.folds.num_blocks; ++block) {
    header.block_fold.push_back(plan.folds.fold_of_block(block));
  }
  header.times_s = plan.grid.times_s();
  header.time_first = plan.grid.first;
  header.rate_numerator = plan.grid.rate_numerator;
  header.rate_denominator = plan.grid.rate_denominator;
  header.num_sensors = std::ssize(plan.sensors.sensors);
}

/// Subject x fold; the smallest of the groups, where contexts have words of their own.
void fill_counts(ScoresHeader& header, const AlignmentPlan& plan) {
  for (std::size_t s = 0; s < header.subjects.size(); ++s) {
    for (int64_t fold = 0; fold < header.num_folds; ++fold) {
      int64_t n_train = std::numeric_limits<int64_t>::max();
      int64_t n_test = std::numeric_limits<int64_t>::max();
      for (const auto& group : plan.groups) {
        n_train = std::min(n_train, group.subjects[s].plan.num_training(fold));
        n_test = std::min(n_test, group.subjects[s].plan.num_test(fold));
      }
      header.n_train.push_back(n_train);
      header.n_test.push_back(n_test);
    }
  }
  std::set<int64_t> analysed;
  for (const auto& group : plan.groups) analysed.insert(group.rows.begin(), group.rows.end());
  header.num_analysed = std::ssize(analysed);
  header.num_rows = std::ssize(plan.words.rows);
  for (const auto& row : plan.words.rows) header.num_matched += row.has_span ? 1 : 0;
}

std::filesystem::path words_table(const std::filesystem::path& stimuli) {
  return std::filesystem::is_directory(stimuli) ? stimuli / "words.tsv" : stimuli;
}

Provenance make_provenance(const AlignmentPlan& plan,
                           const AlignInputs& inputs,
                           const std::vector<std::filesystem::path>& files) {
  Provenance own;
  own.label = "scores.h5";
  own.what = "lockstep align";
  own.options = plan.settings.to_json();
  for (const auto& file : files) {
    own.options["files"][file.filename().string()] = sha256_of_file(file);
  }
  if (std::filesystem::is_regular_file(plan.settings.sensors)) {
    own.options["files"]["sensors"] = sha256_of_file(plan.settings.sensors);
  }
  own.versions = {{"lockstep", LOCKSTEP_VERSION}};
  own.parents = {as_parent(plan.meg.header().provenance, inputs.meg),
                 as_parent(plan.targets.header().provenance, inputs.targets),
                 as_parent(plan.words.provenance, words_table(inputs.stimuli))};
  if (std::filesystem::is_regular_file(plan.settings.folds)) {
    own.parents.push_back(as_parent(plan.folds.provenance, plan.settings.folds));
  }
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
  const auto& settings = plan.settings;
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
      plan.grid.rate_hz(),
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
                   const AlignInputs& inputs,
                   const std::vector<SubjectWords>& heard,
                   WordSelection selection,
                   double embargo_s) {
  ScoresHeader& header = plan.header;
  fill_axes(header, plan);
  fill_settings(header, plan, embargo_s);
  fill_counts(header, plan);
  drop_unheard(selection, heard);
  if (const int64_t left = selection.count() - header.num_analysed; left > 0) {
    selection.steps.push_back({"no context available", left});
  }
  header.word_steps = selection.steps;
  note_missing_words(header, heard, selection);
  note_folds(header, plan);
  note_targets(header, plan, embargo_s);
  note_scale(header, plan);
  note_solver(header, plan);
  if (plan.sensors.num_bad > 0) {
    header.notices.push_back(text("{} bad sensors left out", plan.sensors.num_bad));
  }
  header.provenance = make_provenance(plan, inputs, selection.files);
  if (plan.meg.header().truth) {
    header.truth = std::make_unique<PlantedTruth>(*plan.meg.header().truth);
  }
  header.notices = without_repeats(header.notices);
  plan.key = sha256_of(
      text("{} {} {}", header.provenance.to_json().dump(), header.folds_sha256, kTimesInAPart));
  say_plan(plan);
}

}  // namespace lockstep
