// lockstep: when does each layer of a language model appear in MEG? The visible list of its commands.
#include "cli/commands.h"
#include "cli/models_program.h"
#include "cli/run_command.h"

int main(int argc, char** argv) {
  if (argc > 1 && lockstep::is_models_command(argv[1])) return lockstep::run_models_program(argv);
  CLI::App app("language models and MEG, aligned in time", "lockstep");
  app.set_version_flag("--version", "lockstep " LOCKSTEP_VERSION);
  app.require_subcommand(1);
  lockstep::declare_words(app);
  lockstep::declare_folds(app);
  lockstep::declare_models_commands(app);
  lockstep::declare_aligner_commands(app);
  lockstep::declare_inspect(app);
  return lockstep::run_command(app, argc, argv);
}
