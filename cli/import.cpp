#include <memory>
#include <nlohmann/json.hpp>

#include "aligner/import/write_import.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct ImportCommand {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path output;
  ImportChoices choices;
  bool allow_max_shield = false;
  bool ignore_system_clock = false;
  std::string shard = "1/1";
  RunOptions run;
};

/// Every path a recording.
std::vector<RecordingFiles> recordings_at(const std::vector<std::filesystem::path>& paths) {
  std::vector<RecordingFiles> recordings;
  for (const auto& path : paths) {
    RecordingFiles files;
    files.recording = path;
    files.name = path.stem().string();
    recordings.push_back(files);
  }
  return recordings;
}

void run_import(const ImportCommand& command) {
  check_output(command.output);
  const ImportSettings settings = import_settings(command.choices);
  ImportInputs inputs;
  inputs.recordings = recordings_at(command.paths);
  inputs.open = {
      .system_clock = command.ignore_system_clock ? SystemClock::kIgnore : SystemClock::kTruncate,
      .max_shield = command.allow_max_shield ? MaxShield::kAllow : MaxShield::kRefuse};
  const ImportPlan plan = plan_import(inputs, settings);
  for (const std::string& note : plan.notes) say("import: " + note);
  for (const std::string& warning : plan.warnings) warn(warning);
  const bool whole = write_import(plan,
                                  {.output = command.output,
                                   .shard = Shard::parse(command.shard),
                                   .num_threads = command.run.num_threads()});
  if (!whole) {
    say(text("import: shard {} is done; other shards have recordings left", command.shard));
    return;
  }
  say(text("import: {} recordings, {} sensors, in {}",
           plan.header.recordings.size(),
           plan.header.sensors.size(),
           command.output));
}

}  // namespace

void declare_import(CLI::App& lockstep) {
  const auto command = std::make_shared<ImportCommand>();
  auto* app = lockstep.add_subcommand("import", "raw recordings to meg.h5");
  app->add_option("paths", command->paths, "recordings")->required()->check(CLI::ExistingPath);
  app->add_option("-o,--output", command->output, "meg.h5 to create")->required();
  app->add_option("--preset", command->choices.preset, "paper, mne or clean")
      ->capture_default_str();
  declare_run_options(*app, command->run, "lockstep import sub-001.ds -o meg.h5");
  app->callback([command] { run_import(*command); });
}

}  // namespace lockstep
