// lockstep inspect: what a file of ours or a recording is, in words or as JSON, and whether it is
// whole.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/inspection/file_checks.h"
#include "base/inspection/file_description.h"
#include "base/inspection/file_kinds.h"
#include "cli/commands.h"
#include "cli/inspect_recording.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct InspectCommand {
  RunOptions run;
  std::filesystem::path file;
  std::vector<std::filesystem::path> ancestors;
  bool json = false;
  InspectOptions options;
};

// What is printed of a file, of whichever kind.
InspectedFile inspect_file(const InspectCommand& command) {
  if (auto recording = inspect_recording(command.file, command.options)) {
    if (!command.ancestors.empty()) {
      fail(Blame::kCommandLine,
           "--made-from: {} is a recording; a file of lockstep is wanted",
           command.file);
    }
    return std::move(*recording);
  }
  recognise_file(command.file, known_recordings());
  const FileDescription description = describe_file(command.file);
  InspectedFile inspected{in_words(description), as_json(description), {}};
  if (command.options.verify || !command.ancestors.empty()) {
    inspected.checks = verify_file(command.file, command.ancestors);
  }
  return inspected;
}

void inspect(const InspectCommand& command) {
  InspectedFile inspected = inspect_file(command);
  const std::vector<Check>& checks = inspected.checks;
  if (command.json) {
    for (const Check& check : checks) {
      inspected.json["checks"].push_back(
          {{"what", check.what}, {"passed", check.passed}, {"found", check.found}});
    }
    // Recordings may hold text that is not UTF-8.
    std::cout << inspected.json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << '\n';
  } else {
    std::cout << inspected.words;
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
      "inspect", "what a file of lockstep or a recording is, who made it, whether it is whole");
  app->add_option("file",
                  command->file,
                  "words folder, folds.tsv, activations.h5, targets.h5, meg.h5, scores.h5" +
                      (known_recordings().empty() ? "" : ", or " + known_recordings()) +
                      "; meg.h5::NAME is a recording inside")
      ->required();
  app->add_flag("--json", command->json, "as JSON");
  app->add_flag(
      "--verify", command->options.verify, "read all of it and check what can be checked");
  app->add_option("--made-from",
                  command->ancestors,
                  "files it should have been made from: their SHA-256 must be in its provenance");
  app->add_flag("--allow-maxshield",
                command->options.allow_max_shield,
                "open a FIF recording that MaxShield changed");
  app->add_flag("--ignore-clock",
                command->options.ignore_system_clock,
                "keep what a CTF recording holds after its clock stands at 0");
  app->add_option("--words",
                  command->options.words,
                  "words folder: says how a recording's events agree with it")
      ->check(CLI::ExistingPath);
  declare_run_options(
      *app, command->run, "lockstep inspect scores.h5 --verify --made-from targets.h5 meg.h5");
  app->callback([command] { inspect(*command); });
}

}  // namespace lockstep
