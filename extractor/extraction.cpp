// From a command line to a job: inputs opened and checked, windows planned, the header and the key
// made.
#include "extractor/extraction.h"

#include <torch/version.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "extractor/activations_job.h"
#include "extractor/machine_rate.h"
#include "extractor/named_options.h"
#include "extractor/plan/contexts.h"
#include "extractor/plan/layer_selection.h"
#include "extractor/plan/number_list.h"
#include "extractor/plan/word_boundary.h"
#include "models/tokenizers/tokenizer.h"
#include "models/weights/open_model.h"
#include "stimuli/word_source.h"

namespace lockstep {
namespace {

/// A part's values take no more memory than this, unless one start's do.
constexpr int64_t kPartBytes = 64 << 20;

/// Everything that is opened before anything is computed.
struct Inputs {
  Words words;
  WeightsChoice weights;
  std::unique_ptr<Checkpoint> checkpoint;
  ModelSpec spec;
  Binding binding;
  std::unique_ptr<Tokenizer> tokenizer;
};

Inputs open_inputs(const ExtractionOptions& options) {
  Inputs inputs;
  inputs.words = load_words(options.words);
  inputs.weights = parse_untrained(options.untrained);
  OpenedModel model = open_model(options.model, options.families, inputs.weights);
  inputs.checkpoint = std::move(model.checkpoint);
  inputs.spec = std::move(model.spec);
  inputs.binding = std::move(model.binding);
  inputs.tokenizer = open_tokenizer(options.model);
  return inputs;
}

WindowOptions window_options(const ExtractionOptions& options, const Inputs& inputs) {
  return {.contexts = parse_contexts(options.contexts),
          .text = parse_window_text(options.windows),
          .sharing = sharing_of(inputs.spec),
          .words = parse_word_choice(options.word_choice),
          .pooling = parse_pooling(options.pooling),
          .prefix = window_prefix(options.bos, *inputs.tokenizer),
          .max_positions = inputs.spec.max_positions,
          .length_borders = length_borders(inputs.spec)};
}

/// What the user should know, and what the file keeps.
std::vector<std::string> warnings_of(const Inputs& inputs, const WindowOptions& windows) {
  std::vector<std::string> warnings = inputs.binding.warnings;
  for (const auto& note : inputs.tokenizer->notes())
    warnings.push_back(text("tokenizer: {}", note));
  for (const auto& key : inputs.spec.unknown_keys) {
    warnings.push_back(
        text("config.json: {} is not known to the family {}", key, inputs.spec.family));
  }
  if (windows.contexts.front().words == 1 && windows.prefix.empty()) {
    warnings.emplace_back(
        "context 1 without a beginning-of-sequence token: a word of one token is the first token "
        "of its text, to which many models give "
        "nearly the same vector whatever the word; --bos on puts a token before it");
  }
  return warnings;
}

/// What the predictions lack.
void add_prediction_warnings(const ActivationsJob& job, std::vector<std::string>& warnings) {
  if (!job.boundaries) {
    warnings.emplace_back(
        "surprisal_corrected: the vocabulary does not write spaces into its tokens; whether a word "
        "is over cannot be told (NaN)");
  }
  if (!job.plan.prefix.empty()) return;
  int64_t first_of_all = 0;
  for (const PlannedCell& cell : job.plan.cells) {
    if (cell.window < 0) continue;
    first_of_all += job.plan.own_rows[static_cast<std::size_t>(cell.own_begin)] == 0 ? 1 : 0;
  }
  if (first_of_all > 0) {
    warnings.push_back(
        text("surprisal: {} of {} values have no token before their word (NaN); --bos on puts one "
             "there",
             with_thousands(first_of_all),
             with_thousands(job.plan.plain_windows)));
  }
}

/// The highest block that is run: the last one for a head's sake.
int64_t highest_block(const ExtractionOptions& options, const ActivationsJob& job) {
  const int64_t last = job.header.model.num_blocks;
  return options.surprisal ? last : std::min(job.header.taps.back().block, last);
}

/// What is planned, with the header that tells it; the key and the back end are not known before
/// the model is loaded.
ActivationsJob plan_job(const ExtractionOptions& options, const Inputs& inputs) {
  const WindowOptions windows = window_options(options, inputs);
  const ModelSpec& spec = inputs.spec;
  ActivationsJob job;
  ActivationsHeader& header = job.header;
  header.model = {.name = inputs.checkpoint->name(),
                  .family = spec.family,
                  .parameters = inputs.binding.num_parameters,
                  .num_blocks = spec.num_blocks(),
                  .trained = inputs.weights.is_trained(),
                  .untrained = to_text(inputs.weights)};
  header.contexts = windows.contexts;
  header.taps = select_layers(options.layers, spec.num_blocks(), spec.hf_states);
  header.num_units = spec.width;
  if (options.surprisal) {
    check_predicts(spec);
    header.has_predictions = true;
    job.boundaries = word_boundaries(inputs.tokenizer->vocabulary(), spec.vocabulary);
  }
  job.pooling = windows.pooling;
  job.plan = plan_windows(inputs.words, *inputs.tokenizer, windows);
  const int64_t value_bytes =
      static_cast<int64_t>(header.taps.size()) * spec.width * static_cast<int64_t>(sizeof(float));
  job.parts = pack_parts(job.plan,
                         {.batch_tokens = options.batch_tokens,
                          .max_values = std::max<int64_t>(1, kPartBytes / value_bytes)});
  job.blocks = block_costs(spec, inputs.binding, highest_block(options, job));

  header.words = job.plan.words;
  header.text = job.plan.text;
  header.tokens = job.plan.tokens;
  header.shared = job.plan.shared;
  header.words_sha256 = inputs.words.sha256;
  header.tokenizer_sha256 = inputs.tokenizer->sha256();
  header.spec_json = spec.canonical_json;
  header.spec_sha256 = spec.sha256;
  header.storage = parse_storage(options.store);
  header.pooling = options.pooling;
  header.windows = options.windows;
  header.bos = windows.prefix.empty() ? "off" : "on";
  auto warnings = warnings_of(inputs, windows);
  if (options.surprisal) add_prediction_warnings(job, warnings);
  for (const std::string& line : warnings) warn(line);
  nlohmann::json audit = job.plan.audit.to_json();
  audit["warnings"] = warnings;
  audit["bos"] = {{"asked", options.bos}, {"prefix", windows.prefix}};
  header.audit_json = audit.dump();
  return job;
}

std::string command_of(const ExtractionOptions& options) {
  const std::string command = text(
      "lockstep extract --context {} --layers {} --pool {} --windows {} --bos {} --words {} "
      "--batch-tokens {} --store {}",
      options.contexts,
      options.layers,
      options.pooling,
      options.windows,
      options.bos,
      options.word_choice,
      options.batch_tokens,
      options.store);
  return command + (options.surprisal ? " --surprisal" : "") +
         (options.untrained.empty() ? "" : " --untrained " + options.untrained);
}

std::vector<std::string> tap_names(const std::vector<TapInfo>& taps) {
  std::vector<std::string> names;
  for (const TapInfo& tap : taps) names.push_back(tap.name);
  return names;
}

/// A plain text file has no record of its own.
Provenance words_parent(const Words& words, const std::filesystem::path& path) {
  Provenance parent = words.provenance;
  if (parent.label.empty()) parent.label = path.filename().string();
  parent.sha256 = words.sha256;
  return parent;
}

void add_provenance(const ExtractionOptions& options,
                    const Inputs& inputs,
                    const LanguageModel& model,
                    ActivationsJob& job) {
  ActivationsHeader& header = job.header;
  header.weights_sha256 = inputs.checkpoint->sha256();
  Provenance& record = header.provenance;
  record.label = "activations.h5";  // not the output's name: equal work gives equal bytes
  record.what = command_of(options);
  std::vector<int64_t> contexts;
  for (const ContextInfo& context : header.contexts) contexts.push_back(context.words);
  record.options = {{"context", contexts},
                    {"layers", tap_names(header.taps)},
                    {"pool", options.pooling},
                    {"windows", options.windows},
                    {"bos", options.bos},
                    {"prefix", job.plan.prefix},
                    {"words", options.word_choice},
                    {"batch_tokens", options.batch_tokens},
                    {"store", options.store},
                    {"surprisal", options.surprisal},
                    {"dtype", header.dtype},
                    {"device", header.device},
                    {"back_end", model.back_end()}};
  if (!inputs.weights.is_trained()) record.options["untrained"] = to_text(inputs.weights);
  record.versions = {{"lockstep", LOCKSTEP_VERSION}, {"libtorch", TORCH_VERSION}};
  Provenance weights;
  weights.label = header.model.name;
  weights.what = "checkpoint of a language model";
  weights.options = {{"family", header.model.family},
                     {"spec_sha256", header.spec_sha256},
                     {"tokenizer_sha256", header.tokenizer_sha256}};
  weights.sha256 = header.weights_sha256;
  record.parents = {words_parent(inputs.words, options.words), weights};
}

ExtractionCost cost_of(const ExtractionOptions& options,
                       const ActivationsJob& job,
                       const Inputs& inputs) {
  return plan_cost(job.plan,
                   job.parts,
                   inputs.spec,
                   inputs.binding,
                   {.num_taps = static_cast<int64_t>(job.header.taps.size()),
                    .num_contexts = static_cast<int64_t>(job.header.contexts.size()),
                    .highest_block = highest_block(options, job),
                    .value_bytes = job.header.storage == FloatStorage::kFloat16 ? 2 : 4,
                    .predicts = options.surprisal});
}

void check_numbers(const ExtractionOptions& options) {
  if (options.batch_tokens < 1)
    fail(Blame::kCommandLine, "--batch-tokens: {}; 1 or more is wanted", options.batch_tokens);
}

}  // namespace

void extract(const ExtractionOptions& options) {
  check_numbers(options);
  if (options.output.empty()) {
    fail(Blame::kCommandLine, "--output: nothing; the file to write is wanted");
  }
  check_output(options.output);
  const Shard shard = Shard::parse(options.shard);
  const Inputs inputs = open_inputs(options);
  ActivationsJob job = plan_job(options, inputs);
  say(text("{}: {} at {}",
           inputs.checkpoint->name(),
           join(tap_names(job.header.taps), ", "),
           options.contexts));
  const auto asked = parse_count(options.layers);
  if (asked && *asked > static_cast<int64_t>(job.header.taps.size())) {
    say(text("{} depths fall on {} different blocks", *asked, job.header.taps.size()));
  }
  for (const std::string& line : summary(job.plan.audit, inputs.words)) say(line);
  say_verbose(describe(cost_of(options, job, inputs), options.workers, 0));

  const int64_t highest = options.surprisal ? -1 : highest_block(options, job);
  const auto model =
      load_model(inputs.spec,
                 inputs.binding,
                 {.families = options.families, .batch_tokens = options.batch_tokens},
                 static_cast<int>(highest));
  add_provenance(options, inputs, *model, job);
  job.key = sha256_of(job.header.provenance.to_json().dump());
  if (fill_activations(
          job, *model, {.output = options.output, .shard = shard, .workers = options.workers})) {
    say(text("{}: written", options.output));
  } else {
    say(text("{}: shard {} is done; the file is whole when the others are",
             options.output,
             options.shard));
  }
}

std::string describe_extraction(const ExtractionOptions& options) {
  check_numbers(options);
  const Inputs inputs = open_inputs(options);
  const ActivationsJob job = plan_job(options, inputs);
  const double rate = machine_rate(
      {.rows = options.batch_tokens, .width = inputs.spec.width, .workers = options.workers});
  return text("{}\n{}\n{}",
              join(tap_names(job.header.taps), ", "),
              join(summary(job.plan.audit, inputs.words), "\n"),
              describe(cost_of(options, job, inputs), options.workers, rate));
}

}  // namespace lockstep
