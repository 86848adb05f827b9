#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/installed.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"
#include "extractor/model_description.h"
#include "extractor/probe.h"
#include "models/model.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {
namespace {

struct ModelsOptions {
  RunOptions run;
  std::filesystem::path model;
  std::vector<std::filesystem::path> families;
  std::string untrained;
  std::string bos = "off";
  bool json = false;
};

void add_model(CLI::App& command, ModelsOptions& options) {
  command.add_option("model", options.model, "folder of a checkpoint, or a GGUF file")->required();
}

void add_families(CLI::App& command, ModelsOptions& options) {
  command.add_option(
      "--families", options.families, "folder of family files of your own, looked into first");
}

std::string run_probe(const ModelsOptions& options) {
  const auto model = load_model(options.model, {.families = options.families});
  const auto tokenizer = open_tokenizer(options.model);
  const auto folder = installed_folder("example", LOCKSTEP_SOURCE_EXAMPLE);
  const Probe found = probe(*model, *tokenizer, probed_passage(read_file(folder / "story.txt")));
  return options.json ? probe_json(found, *model) : describe(found, *model);
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

  auto* probe_command = models->add_subcommand(
      "probe", "does it predict language? bits per byte of the built-in story, sizes of the taps");
  add_model(*probe_command, *options);
  add_families(*probe_command, *options);
  probe_command->add_flag("--json", options->json, "one JSON object");
  declare_run_options(*probe_command, options->run, "lockstep models probe SmolLM2-135M");
  probe_command->callback([options] { std::cout << run_probe(*options) << '\n'; });

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
