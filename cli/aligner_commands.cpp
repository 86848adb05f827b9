// The commands that need OpenBLAS, in a build that has them.
#include "cli/commands.h"

namespace lockstep {

void declare_aligner_commands(CLI::App& lockstep) {
  declare_reduce(lockstep);
  declare_import(lockstep);
  declare_simulate(lockstep);
  declare_align(lockstep);
  declare_report(lockstep);
}

}  // namespace lockstep
