#pragma once

namespace lockstep {

/// Whether `command` is one that lockstep-models does.
bool is_models_command(const char* command);

/// Replaces this process by lockstep-models with the same arguments; returns an exit status only if that failed.
int run_models_program(char** argv);

}  // namespace lockstep
