// lockstep-models: the commands of lockstep that run language models. lockstep starts it; users see one command.
#include "cli/commands.h"
#include "cli/run_command.h"

int main(int argc, char** argv) {
  CLI::App app("language models and MEG, aligned in time", "lockstep");
  app.require_subcommand(1);
  lockstep::declare_extract(app);
  lockstep::declare_models(app);
  return lockstep::run_command(app, argc, argv);
}
