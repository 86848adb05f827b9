// What each kind of file says about itself, in words.
#include "base/inspection/file_facts.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/schemas/activations_file.h"
#include "base/schemas/folds_file.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/scores_file.h"
#include "base/schemas/targets_file.h"
#include "base/schemas/words_file.h"
#include "base/text.h"

namespace lockstep {
namespace {

std::string count(int64_t number) { return with_thousands(number); }
std::string count(std::size_t number) { return with_thousands(static_cast<long long>(number)); }

std::string two_decimals(double value) {
  const auto hundredths = std::llround(value * 100);
  const std::string rest = to_text(std::abs(hundredths % 100));
  return to_text(hundredths / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

std::string model_in_words(const ModelInfo& model) {
  return text("{} ({}, {} parameters, {} blocks, {})",
              model.name,
              model.family,
              count(model.parameters),
              model.num_blocks,
              model.trained ? "trained" : "untrained");
}

std::string taps_in_words(const std::vector<TapInfo>& taps) {
  std::vector<std::string> items;
  for (const TapInfo& tap : taps) items.push_back(tap.name + " (" + two_decimals(tap.depth) + ")");
  return shortened(items);
}

std::string contexts_in_words(const std::vector<ContextInfo>& contexts) {
  std::vector<std::string> items;
  const bool are_words = std::all_of(
      contexts.begin(), contexts.end(), [](const auto& context) { return context.words > 0; });
  for (const ContextInfo& context : contexts) {
    items.push_back(context.words > 0 && !are_words ? context.name + " words" : context.name);
  }
  return are_words ? shortened(items) + " words" : shortened(items);
}

std::string range_in_words(const std::vector<double>& values, const std::string& unit) {
  if (values.empty()) return "none";
  return text("{} to {} {}, {} of them", values.front(), values.back(), unit, count(values.size()));
}

void add_truth(const PlantedTruth* truth, std::vector<Fact>& facts) {
  if (truth == nullptr) return;
  const std::string null = truth->null.empty() ? "latencies planted" : "control: " + truth->null;
  facts.push_back({"simulated",
                   text("{}; width {} s, SNR {} (reached {}), seed {}",
                        null,
                        truth->width_s,
                        truth->snr,
                        truth->snr_reached,
                        truth->seed)});
  std::vector<std::string> items;
  for (std::size_t i = 0; i < truth->tap_name.size(); ++i) {
    if (std::isfinite(truth->reference_s[i])) {
      items.push_back(text("{} at {} s", truth->tap_name[i], two_decimals(truth->reference_s[i])));
    }
  }
  if (!items.empty()) facts.push_back({"planted", shortened(items)});
}

FileFacts facts_of_words(const std::filesystem::path& path) {
  const Words words = read_words_folder(path);
  int64_t num_spans = 0, num_timed = 0, num_content = 0;
  std::map<std::string, int64_t> blocks;
  for (const WordRow& row : words.rows) {
    num_spans += row.has_span ? 1 : 0;
    num_timed += std::isnan(row.onset_s) ? 0 : 1;
    num_content += row.content ? 1 : 0;
    ++blocks[row.story + "/" + row.block];
  }
  std::vector<std::string> stories;
  for (const StoryText& story : words.stories) stories.push_back(story.name);
  return {text("the spoken words of {} {}",
               count(words.stories.size()),
               words.stories.size() == 1 ? "story" : "stories"),
          {{"stories", shortened(stories)},
           {"words", text("{} in {} blocks", count(words.rows.size()), count(blocks.size()))},
           {"found in the text", count(num_spans)},
           {"with times", count(num_timed)},
           {"content words",
            text("{} (tags: {})",
                 count(num_content),
                 words.pos_source.empty() ? "none" : words.pos_source)},
           {"words' SHA-256", words.sha256}},
          words.provenance};
}

FileFacts facts_of_folds(const std::filesystem::path& path) {
  const FoldPlan plan = read_folds(path);
  const auto untested = std::count(plan.fold.begin(), plan.fold.end(), int64_t{-1});
  std::vector<std::string> sizes;
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    sizes.push_back(
        count(static_cast<int64_t>(std::count(plan.fold.begin(), plan.fold.end(), fold))));
  }
  return {text("a plan of {} folds by {}", plan.num_folds, plan.scheme),
          {{"words",
            text("{}, of which {} are never tested",
                 count(plan.fold.size()),
                 count(static_cast<int64_t>(untested)))},
           {"blocks", count(plan.num_blocks)},
           {"words in each fold", shortened(sizes)},
           {"words' SHA-256", plan.words_sha256},
           {"SHA-256", plan.sha256}},
          plan.provenance};
}

FileFacts facts_of_activations(const std::filesystem::path& path) {
  const ActivationsFile file(path);
  const ActivationsHeader& h = file.header();
  const auto num_shared = std::count(h.shared.begin(), h.shared.end(), uint8_t{1});
  FileFacts facts{"activations of " + model_in_words(h.model),
                  {{"contexts", contexts_in_words(h.contexts)},
                   {"taps (depth)", taps_in_words(h.taps)},
                   {"words",
                    text("{}, {} of which share a token with the one before",
                         count(h.words.size()),
                         count(static_cast<int64_t>(num_shared)))},
                   {"units", count(h.num_units)},
                   {"stored as", h.storage == FloatStorage::kFloat16 ? "float16" : "float32"},
                   {"computed",
                    text("{} on {}, pooling {}, windows {}, bos {}",
                         h.dtype,
                         h.device,
                         h.pooling,
                         h.windows,
                         h.bos)},
                   {"words' SHA-256", h.words_sha256},
                   {"weights' SHA-256", h.weights_sha256},
                   {"tokenizer's SHA-256", h.tokenizer_sha256},
                   {"spec's SHA-256", h.spec_sha256}},
                  h.provenance};
  return facts;
}

FileFacts facts_of_targets(const std::filesystem::path& path) {
  const TargetsFile file(path);
  const TargetsHeader& h = file.header();
  const auto num_seen = std::count(h.fit_word.begin(), h.fit_word.end(), uint8_t{1});
  FileFacts facts{
      "targets from " + model_in_words(h.model),
      {{"contexts", contexts_in_words(h.contexts)},
       {"taps (depth)", taps_in_words(h.taps)},
       {"words", count(h.words.size())},
       {"components", text("{} of {} units", count(h.num_components), count(h.num_units))},
       {"fitted on",
        text("{} words{}; {} word marks",
             h.fit,
             h.num_folds > 0 ? text(", one fit for each of {} folds", h.num_folds) : "",
             count(static_cast<int64_t>(num_seen)))},
       {"words' SHA-256", h.words_sha256}},
      h.provenance};
  if (!h.folds_sha256.empty()) facts.facts.push_back({"folds' SHA-256", h.folds_sha256});
  return facts;
}

FileFacts facts_of_meg(const std::filesystem::path& path) {
  const MegFile file(path);
  const MegHeader& h = file.header();
  std::map<std::string, int64_t> kinds;
  int64_t num_bad = 0;
  for (const Sensor& sensor : h.sensors) {
    ++kinds[sensor.kind];
    num_bad += sensor.bad ? 1 : 0;
  }
  std::vector<std::string> kind_items;
  for (const auto& [kind, number] : kinds) kind_items.push_back(count(number) + " " + kind);
  FileFacts facts{text("{} continuous recordings", count(h.recordings.size())),
                  {{"sensors", join(kind_items, ", ") + text(", {} bad", count(num_bad))}},
                  h.provenance};
  for (const RecordingInfo& recording : h.recordings) {
    const auto num_valid =
        std::count_if(recording.events.begin(), recording.events.end(), [](const WordEvent& event) {
          return event.reason == EventReason::kValid;
        });
    const double duration_s = static_cast<double>(recording.num_samples) / recording.rate_hz();
    facts.facts.push_back({recording.name,
                           text("subject {}, session {}: {} s at {} Hz, {} to {} Hz, {} valid "
                                "stretches, {} of {} events valid",
                                recording.subject,
                                recording.session,
                                two_decimals(duration_s),
                                recording.rate_hz(),
                                recording.band_low_hz,
                                recording.band_high_hz,
                                recording.segments.size(),
                                count(static_cast<int64_t>(num_valid)),
                                count(recording.events.size()))});
  }
  add_truth(h.truth.get(), facts.facts);
  facts.facts.push_back({"words' SHA-256", h.words_sha256});
  return facts;
}

FileFacts facts_of_scores(const std::filesystem::path& path) {
  const ScoresFile file(path);
  const ScoresHeader& h = file.header();
  const auto num_tested = std::count_if(
      h.block_fold.begin(), h.block_fold.end(), [](int64_t fold) { return fold >= 0; });
  std::vector<std::string> steps;
  for (const WordStep& step : h.word_steps) steps.push_back(count(step.count) + " " + step.what);
  const std::string direction =
      h.direction == "encode" ? "encoding (MEG from the model)" : "decoding (the model from MEG)";
  FileFacts facts{text("scores of {}, {}", direction, model_in_words(h.model)),
                  {{"subjects", shortened(h.subjects)},
                   {"contexts", contexts_in_words(h.contexts)},
                   {"taps (depth)", taps_in_words(h.taps)},
                   {"times", range_in_words(h.times_s, "s after word onset")},
                   {"folds",
                    text("{} by {}, {} tested blocks, embargo {} s",
                         h.num_folds,
                         h.folds,
                         num_tested,
                         two_decimals(h.embargo_s))},
                   {"words",
                    text("{} analysed of {} ({} found in the text); left out: {}",
                         count(h.num_analysed),
                         count(h.num_rows),
                         count(h.num_matched),
                         steps.empty() ? "none" : join(steps, ", "))},
                   {"alphas",
                    h.alphas.empty() ? "none"
                                     : text("{} from {} to {}, by {}",
                                            h.alphas.size(),
                                            h.alphas.front(),
                                            h.alphas.back(),
                                            h.alpha_by)},
                   {"components", count(h.num_components)},
                   {"sensors", count(h.num_sensors)},
                   {"null draws", count(h.num_null_draws)},
                   {"preset", h.preset},
                   {"words' SHA-256", h.words_sha256},
                   {"folds' SHA-256", h.folds_sha256}},
                  h.provenance};
  add_truth(h.truth.get(), facts.facts);
  for (const std::string& notice : h.notices) facts.facts.push_back({"notice", notice});
  return facts;
}

}  // namespace

std::string shortened(const std::vector<std::string>& items, std::size_t most) {
  if (items.size() <= most) return join(items, ", ");
  const std::vector<std::string> first(items.begin(),
                                       items.begin() + static_cast<std::ptrdiff_t>(most - 1));
  return join(first, ", ") + ", ... " + items.back();
}

FileFacts facts_of(const std::filesystem::path& path, FileKind kind) {
  switch (kind) {
    case FileKind::kWords:
      return facts_of_words(path);
    case FileKind::kFolds:
      return facts_of_folds(path);
    case FileKind::kActivations:
      return facts_of_activations(path);
    case FileKind::kTargets:
      return facts_of_targets(path);
    case FileKind::kMeg:
      return facts_of_meg(path);
    case FileKind::kScores:
      return facts_of_scores(path);
  }
  return {};
}

}  // namespace lockstep
