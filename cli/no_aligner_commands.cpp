// A build without the aligner has no such commands.
#include "cli/commands.h"

namespace lockstep {

void declare_aligner_commands(CLI::App&) {}

}  // namespace lockstep
