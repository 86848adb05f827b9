// lockstep inspect: what a file of ours is, in words or as JSON, and whether it is whole.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/inspection/file_checks.h"
#include "base/inspection/file_description.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct InspectCommand {
  RunOptions run;
  std::filesystem::path file;
  std::vector<std::filesystem::path> ancestors;
  bool json = false;
  bool verify = false;
};

void inspect(const InspectCommand& command) {
  const FileDescription description = describe_file(command.file);
  std::vector<Check> checks;
  if (command.verify || !command.ancestors.empty()) {
    checks = verify_file(command.file, command.ancestors);
  }
  if (command.json) {
    nlohmann::ordered_json json = as_json(description);
    for (const Check& check : checks) {
      json["checks"].push_back(
          {{"what", check.what}, {"passed", check.passed}, {"found", check.found}});
    }
    std::cout << json.dump(2) << '\n';
  } else {
    std::cout << in_words(description);
    if (!checks.empty()) std::cout << "checks\n";
    for (const Check& check : checks) {
      std::cout << "  " << (check.passed ? "ok      " : "FAILED  ") << check.what << ": "
                << check.found << '\n';
    }
  }
  std::cout.flush();
  for (const Check& check : checks) {
    if (!check.passed) fail(Blame::kData, "{}: {}; {}", command.file, check.found, check.what);
  }
}

}  // namespace

void declare_inspect(CLI::App& lockstep) {
  const auto command = std::make_shared<InspectCommand>();
  auto* app = lockstep.add_subcommand(
      "inspect", "what a file of lockstep is, who made it, whether it is whole");
  app->add_option("file",
                  command->file,
                  "words folder, folds.tsv, activations.h5, targets.h5, meg.h5 or scores.h5")
      ->required();
  app->add_flag("--json", command->json, "as JSON");
  app->add_flag("--verify", command->verify, "read all of it and check what can be checked");
  app->add_option("--made-from",
                  command->ancestors,
                  "files it should have been made from: their SHA-256 must be in its provenance");
  declare_run_options(
      *app, command->run, "lockstep inspect scores.h5 --verify --made-from targets.h5 meg.h5");
  app->callback([command] { inspect(*command); });
}

}  // namespace lockstep
