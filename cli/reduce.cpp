#include <Eigen/Core>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "aligner/targets/random_vectors.h"
#include "aligner/targets/reduction.h"
#include "aligner/targets/word_properties.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct ReduceOptions {
  std::filesystem::path activations;
  std::filesystem::path output;
  std::string set = "activations";
  int64_t num_components = 50;
  std::string fit = "analysed";
  std::string words = "content";
  std::filesystem::path stimuli;
  std::filesystem::path folds;
  uint64_t seed = 0;
  RunOptions run;
};

/// Everything on the command line that determines the result.
nlohmann::json record_of(const ReduceOptions& options) {
  nlohmann::json record = {{"set", options.set}};
  if (options.set == "activations") {
    record["components"] = options.num_components;
    record["fit"] = options.fit;
    if (options.fit != "all") record["words"] = options.words;
  } else if (options.set == "random") {
    record["components"] = options.num_components;
    record["seed"] = options.seed;
  } else {
    record["components"] = kWordProperties;
  }
  return record;
}

std::string command_of(const ReduceOptions& options) {
  if (options.set == "activations")
    return text("lockstep reduce --pca {} --fit {}", options.num_components, options.fit);
  return "lockstep reduce --set " + options.set;
}

void check(const ReduceOptions& options) {
  check_output(options.output);
  const bool wants_activations = options.set == "activations";
  if (wants_activations && options.activations.empty()) {
    fail(Blame::kCommandLine,
         "reduce: no activations; name a file of lockstep extract, or --set random|properties");
  }
  if (!wants_activations && !options.activations.empty()) {
    fail(Blame::kCommandLine,
         "reduce: {}: --set {} takes no activations, only --stimuli",
         options.activations,
         options.set);
  }
  if (!wants_activations && options.stimuli.empty()) {
    fail(Blame::kCommandLine,
         "reduce: --set {} needs --stimuli, the folder of words.tsv",
         options.set);
  }
}

void reduce(const ReduceOptions& options) {
  check(options);
  std::optional<Words> stimuli;
  std::optional<FoldPlan> folds;
  if (!options.stimuli.empty()) stimuli = read_words_folder(options.stimuli);
  if (!options.folds.empty()) folds = read_folds(options.folds);

  Provenance provenance;
  provenance.label = "targets.h5";
  provenance.what = command_of(options);
  provenance.options = record_of(options);
  provenance.versions = {
      {"lockstep", LOCKSTEP_VERSION},
      {"eigen", text("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)}};

  Reduction reduction;
  if (options.set == "random") {
    reduction = random_vectors(*stimuli, options.num_components, options.seed);
  } else if (options.set == "properties") {
    reduction = word_properties(*stimuli);
  } else {
    const ActivationsFile activations(options.activations);
    const FitWordsSources sources = {.stimuli = stimuli ? &*stimuli : nullptr,
                                     .folds = folds ? &*folds : nullptr};
    const FitWordsOptions fit = {.scope = fit_scope_of(options.fit),
                                 .words = word_choice_of(options.words)};
    reduction = reduce_activations(activations,
                                   sources,
                                   {.num_components = options.num_components,
                                    .fit = fit,
                                    .num_threads = options.run.num_threads()});
    provenance.parents.push_back(as_parent(activations.header().provenance, options.activations));
  }
  const auto words_tsv = [&options] {
    return std::filesystem::is_directory(options.stimuli) ? options.stimuli / "words.tsv"
                                                          : options.stimuli;
  };
  if (stimuli) provenance.parents.push_back(as_parent(stimuli->provenance, words_tsv()));
  if (folds) provenance.parents.push_back(as_parent(folds->provenance, options.folds));
  reduction.header.provenance = provenance;
  write_targets(options.output, reduction.header, reduction.fits);

  const std::string outliers = describe_outliers(reduction.outliers);
  if (!outliers.empty()) say("reduce: " + outliers);
  say(text("reduce: {} words, {} taps, {} components in {}",
           with_thousands(static_cast<long long>(reduction.header.words.size())),
           reduction.header.contexts.size() * reduction.header.taps.size(),
           reduction.header.num_components,
           options.output));
}

}  // namespace

void declare_reduce(CLI::App& lockstep) {
  const auto options = std::make_shared<ReduceOptions>();
  auto* command =
      lockstep.add_subcommand("reduce", "principal components of activations, and control targets");
  command->add_option("activations", options->activations, "file of lockstep extract")
      ->check(CLI::ExistingFile);
  command->add_option("-o,--output", options->output, "targets.h5 to create")->required();
  command
      ->add_option("--set",
                   options->set,
                   "what becomes a target: the activations, a random vector a word type, or "
                   "properties of words")
      ->check(CLI::IsMember({"activations", "random", "properties"}))
      ->capture_default_str();
  command
      ->add_option("--pca", options->num_components, "components, or length of the random vectors")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20))
      ->capture_default_str();
  command
      ->add_option("--fit",
                   options->fit,
                   "words that the components are fitted on; train: fold by fold, needs --folds")
      ->check(CLI::IsMember({"analysed", "all", "train"}))
      ->capture_default_str();
  command
      ->add_option(
          "--words", options->words, "words that will be analysed; content needs --stimuli")
      ->check(CLI::IsMember({"content", "all"}))
      ->capture_default_str();
  command->add_option("--stimuli", options->stimuli, "folder of words.tsv")
      ->check(CLI::ExistingPath);
  command->add_option("--folds", options->folds, "fold plan")->check(CLI::ExistingFile);
  command->add_option("--seed", options->seed, "of the random vectors")->capture_default_str();
  declare_run_options(*command,
                      options->run,
                      "lockstep reduce activations.h5 --stimuli words --pca 50 -o targets.h5");
  command->callback([options] { reduce(*options); });
}

}  // namespace lockstep
