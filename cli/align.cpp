// lockstep align: MEG against targets, time by time.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aligner/alignment.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

/// As typed: what is not given is the preset's.
struct AlignOptions {
  AlignInputs inputs;
  std::vector<std::filesystem::path> outputs;
  std::string memory = "auto";
  std::string preset = "strict";
  std::string shard = "1/1";
  std::optional<std::string> folds, embargo, alphas, alpha_by, scale, times, time_end, words, where,
      contexts, available, sensors, solver, r;
  bool generalise = false, encode = false, stack = false;
  std::string bands;
  std::optional<int64_t> null_draws, seed;
  RunOptions run;
};

template <class Value>
void take(const std::optional<Value>& given, Value& setting) {
  if (given) setting = *given;
}

AlignSettings settings_of(const AlignOptions& options) {
  AlignSettings settings = preset_settings(options.preset);
  take(options.folds, settings.folds);
  take(options.embargo, settings.embargo);
  take(options.alphas, settings.alphas);
  take(options.alpha_by, settings.alpha_by);
  take(options.scale, settings.scale);
  take(options.times, settings.times);
  take(options.time_end, settings.time_end);
  take(options.words, settings.words);
  take(options.where, settings.where);
  take(options.contexts, settings.contexts);
  take(options.available, settings.available);
  take(options.sensors, settings.sensors);
  take(options.solver, settings.solver);
  take(options.r, settings.r);
  settings.generalise = options.generalise;
  settings.direction = options.encode ? "encode" : "decode";
  settings.stack = options.stack;
  settings.bands = options.bands;
  take(options.null_draws, settings.null_draws);
  take(options.seed, settings.seed);
  return settings;
}

void declare_files(CLI::App& command, AlignOptions& options) {
  command.add_option("meg", options.inputs.meg, "meg.h5 of lockstep import or simulate")
      ->required();
  command
      .add_option(
          "targets",
          options.inputs.targets,
          "targets.h5 of lockstep reduce, or activations.h5 as it is; several share one pass "
          "over the recordings")
      ->required();
  command
      .add_option(
          "--stimuli", options.inputs.stimuli, "folder of lockstep words that both were made with")
      ->required();
  command
      .add_option("-o,--output",
                  options.outputs,
                  "scores.h5 to write: one for each target file, or a folder for all, where the "
                  "scores of gpt2.h5 are gpt2.scores.h5")
      ->required()
      ->allow_extra_args(false);
}

void declare_method(CLI::App& command, AlignOptions& options) {
  command
      .add_option("--preset",
                  options.preset,
                  "paper, strict or legacy: values for the options below; those given here win")
      ->capture_default_str();
  command.add_option(
      "--folds",
      options.folds,
      "story, block, contiguous or shuffled, with :K for K folds, or a file of lockstep folds");
  command.add_option(
      "--embargo",
      options.embargo,
      "auto (the longer of window and context) or seconds: training words closer to a test word "
      "are dropped");
  command.add_option("--alphas",
                     options.alphas,
                     "penalties: 0.1, a list 0.1,1,10 or FIRST:LAST:COUNT (1e-4:1e8:13)");
  command.add_option("--alpha-by",
                     options.alpha_by,
                     "loo (each training word left out) or block (each block of them left out)");
  command.add_option(
      "--scale",
      options.scale,
      "train, all or none: the words over which a sensor is z-scored; recording: each "
      "recording by its own mean and deviation");
  command.add_option(
      "--times", options.times, "FIRST:LAST in seconds after word onset, or one time");
  command.add_option("--time-end", options.time_end, "included or excluded: the last of --times");
  command.add_option("--solver",
                     options.solver,
                     "how --alpha-by loo is decided: default, certified (a wider margin of error) "
                     "or all (every loss in double precision: slow), the same alphas; gcv is an "
                     "approximation, generalised cross-validation");
  command.add_option("--r",
                     options.r,
                     "folds (a score is the mean of r over folds) or concatenated (one r over the "
                     "predictions of all folds)");
  command.add_flag("--generalise",
                   options.generalise,
                   "apply the fits of each time to every other time as well");
  command.add_flag(
      "--encode", options.encode, "the other direction: from each layer's values to the sensors");
  command.add_flag(
      "--stack", options.stack, "with --encode: one fit on the values of all layers together");
  command.add_option("--bands",
                     options.bands,
                     "with --stack: a penalty for each layer, searched by random:N or grid:K; adds "
                     "the variance that a layer alone explains");
  command.add_option(
      "--null-draws", options.null_draws, "circular shifts of the words for the null");
  command.add_option("--seed", options.seed, "of the null's shifts");
}

void declare_selection(CLI::App& command, AlignOptions& options) {
  command.add_option(
      "--words", options.words, "content, all or a table with a column word of row numbers");
  command.add_option(
      "--where",
      options.where,
      "expression over row, story, block, word, onset, duration, sentence, pos, content and "
      "VARIABLE@FILE.h5: 'pos in (\"NOUN\", \"VERB\") and not sentence < 3'");
  command.add_option(
      "--context", options.contexts, "contexts of the targets, such as 10,50, or all");
  command.add_option(
      "--available",
      options.available,
      "common (the same words for every context) or each (those that each context has)");
  command.add_option("--sensors",
                     options.sensors,
                     "all, gradiometers, magnetometers, eeg or a file with one name a line");
  command
      .add_option("--shard",
                  options.shard,
                  "i/n: do every n-th part, from the i-th; a part is some times of a subject")
      ->capture_default_str();
  command
      .add_option("--memory",
                  options.memory,
                  "most memory to use: auto (three quarters of the machine's), 4G, 500M; workers "
                  "and target files at a time follow it, results do not")
      ->capture_default_str();
}

}  // namespace

void declare_align(CLI::App& lockstep) {
  const auto options = std::make_shared<AlignOptions>();
  auto* command = lockstep.add_subcommand("align", "relate MEG to targets, time by time");
  declare_files(*command, *options);
  declare_method(*command, *options);
  declare_selection(*command, *options);
  declare_run_options(*command,
                      options->run,
                      "lockstep align meg.h5 targets.h5 --stimuli words --times -1:2 -o scores.h5");
  command->callback([options] {
    align({options->inputs,
           output_paths(options->inputs.targets, options->outputs),
           settings_of(*options),
           Shard::parse(options->shard),
           options->run.num_threads(),
           options->memory});
  });
}

}  // namespace lockstep
