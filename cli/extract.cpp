#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/run_command.h"
#include "extractor/extraction.h"

namespace lockstep {
namespace {

struct ExtractOptions {
  RunOptions run;
  ExtractionOptions extraction;
  bool dry_run = false;
};

void run_extract(ExtractOptions& options) {
  options.extraction.workers = options.run.num_threads();
  if (options.dry_run) {
    std::cout << describe_extraction(options.extraction) << '\n';
    return;
  }
  extract(options.extraction);
}

}  // namespace

void declare_extract(CLI::App& lockstep_models) {
  const auto options = std::make_shared<ExtractOptions>();
  auto& job = options->extraction;
  auto* command = lockstep_models.add_subcommand(
      "extract", "write a model's activations for every word of a text");
  command
      ->add_option(
          "model", job.model, "folder with config.json, weights and tokenizer.json, or a GGUF file")
      ->required();
  command->add_option("words", job.words, "folder written by lockstep words, or a plain text file")
      ->required();
  command->add_option("-o,--output", job.output, "activations.h5 to write");
  command
      ->add_option(
          "--context",
          job.contexts,
          "words of context, the target included; or tokens (128t); or all of the story so "
          "far")
      ->capture_default_str();
  command
      ->add_option("--layers",
                   job.layers,
                   "how many, from 10 to 90 % of depth; or a list such as 0,6,last (0: embedding; "
                   "also final_norm, hf:K; one alone: 6,); or all")
      ->capture_default_str();
  command
      ->add_option("--pool", job.pooling, "a word's tokens as one vector: mean, last, first or sum")
      ->capture_default_str();
  command
      ->add_option("--windows",
                   job.windows,
                   "slice: cut out of the tokens of the running text; string: each window "
                   "tokenised by itself")
      ->capture_default_str();
  command
      ->add_option("--bos",
                   job.bos,
                   "beginning-of-sequence token in front of each window: auto (as the tokenizer "
                   "says), on or off")
      ->capture_default_str();
  command
      ->add_option("--words",
                   job.word_choice,
                   "words to extract, all or content (the others are still read as context)")
      ->capture_default_str();
  command
      ->add_option("--batch-tokens",
                   job.batch_tokens,
                   "tokens of one pass; results may differ in the last digits with it")
      ->capture_default_str();
  command
      ->add_option("--store",
                   job.store,
                   "how values are kept: float32, or float16 (half the size; 3 digits)")
      ->capture_default_str();
  command->add_flag("--surprisal",
                    job.surprisal,
                    "each word's surprisal, entropy and rank too, by word and context");
  command
      ->add_option("--shard",
                   job.shard,
                   "do the i-th of n shares of the work: i/n, all with the same output")
      ->capture_default_str();
  command->add_option("--untrained",
                      job.untrained,
                      "a control without training: a seed (the family's own initialisation, "
                      "config.json is enough) or shuffle:SEED (each tensor permuted)");
  command->add_option(
      "--families", job.families, "folder of family files of your own, looked into first");
  command->add_flag(
      "--dry-run", options->dry_run, "say what it would take, on stdout, and do nothing");
  declare_run_options(
      *command,
      options->run,
      "lockstep extract SmolLM2-135M story.txt --context 1,10,50 -o activations.h5");
  command->callback([options] { run_extract(*options); });
}

}  // namespace lockstep
