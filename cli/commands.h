#pragma once

#include <CLI/CLI.hpp>

namespace lockstep {

// Each adds one command: its options, and a callback that calls the library. Defined in
// cli/<name>.cpp.
void declare_words(CLI::App& lockstep);
void declare_folds(CLI::App& lockstep);
void declare_reduce(CLI::App& lockstep);
void declare_import(CLI::App& lockstep);
void declare_simulate(CLI::App& lockstep);
void declare_align(CLI::App& lockstep);
void declare_report(CLI::App& lockstep);
void declare_inspect(CLI::App& lockstep);

/// reduce, import, simulate, align, report, where the build has them (aligner_commands.cpp or
/// no_aligner_commands.cpp).
void declare_aligner_commands(CLI::App& lockstep);
/// Lists extract and models in lockstep's help; lockstep-models does them (models_program.h).
void declare_models_commands(CLI::App& lockstep);

void declare_extract(CLI::App& lockstep_models);
void declare_models(CLI::App& lockstep_models);

}  // namespace lockstep
