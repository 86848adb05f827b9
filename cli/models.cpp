#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"
#include "extractor/model_description.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {
namespace {

struct ModelsOptions {
  RunOptions run;
  std::filesystem::path model;
  std::vector<std::filesystem::path> families;
  std::string untrained;
  std::string bos = "off";
};

void add_model(CLI::App& command, ModelsOptions& options) {
  command.add_option("model", options.model, "folder of a checkpoint, or a GGUF file")->required();
}

void add_families(CLI::App& command, ModelsOptions& options) {
  command.add_option(
      "--families", options.families, "folder of family files of your own, looked into first");
}

}  // namespace

void declare_models(CLI::App& lockstep_models) {
  const auto options = std::make_shared<ModelsOptions>();
  auto* models = lockstep_models.add_subcommand(
      "models", "which models there are, and what a checkpoint resolves to");
  models->require_subcommand(1);

  auto* list = models->add_subcommand("list", "the families that are known, one a line");
  add_families(*list, *options);
  declare_run_options(*list, options->run, "lockstep models list --families my_families");
  list->callback([options] { std::cout << describe_families(options->families) << '\n'; });

  auto* show = models->add_subcommand("show", "what a checkpoint resolves to");
  add_model(*show, *options);
  add_families(*show, *options);
  show->add_option("--untrained",
                   options->untrained,
                   "the model without training: a seed, or shuffle:SEED (see lockstep extract)");
  declare_run_options(*show, options->run, "lockstep models show SmolLM2-135M");
  show->callback([options] {
    std::cout << describe_model(
                     options->model, options->families, parse_untrained(options->untrained))
              << '\n';
  });

  auto* tokenize = models->add_subcommand(
      "tokenize", "the tokens of stdin as JSON: [[id, begin, end], ...] in code points");
  add_model(*tokenize, *options);
  tokenize
      ->add_option(
          "--bos",
          options->bos,
          "beginning-of-sequence token in front, with an empty span: auto (as the tokenizer "
          "says), on or off")
      ->capture_default_str();
  declare_run_options(*tokenize, options->run, "lockstep models tokenize SmolLM2-135M < story.txt");
  tokenize->callback([options] {
    const std::string utf8((std::istreambuf_iterator<char>(std::cin)),
                           std::istreambuf_iterator<char>());
    const auto tokenizer = open_tokenizer(options->model);
    for (const std::string& note : tokenizer->notes()) warn(note);
    std::cout << tokens_json(*tokenizer, utf8, options->bos) << '\n';
  });
}

}  // namespace lockstep
