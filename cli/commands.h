#pragma once

#include <CLI/CLI.hpp>

namespace lockstep {

// Each adds one command: its options, and a callback that calls the library. Defined in cli/<name>.cpp.
void declare_words(CLI::App& lockstep);
void declare_folds(CLI::App& lockstep);
void declare_reduce(CLI::App& lockstep);
void declare_simulate(CLI::App& lockstep);
void declare_align(CLI::App& lockstep);
void declare_report(CLI::App& lockstep);
void declare_inspect(CLI::App& lockstep);

void declare_extract(CLI::App& lockstep_models);
void declare_models(CLI::App& lockstep_models);

}  // namespace lockstep
