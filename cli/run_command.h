#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace lockstep {

/// Options that every command has.
struct RunOptions {
  bool quiet = false;
  bool verbose = false;
  int threads = 0;  ///< 0: one a processor
  int num_threads() const;
};

/// Adds --quiet, --verbose and --threads to a command, and an example to its help.
void declare_run_options(CLI::App& command, RunOptions& options, const std::string& example);

/// Parses and runs. The one place that catches: exit status 0, or that of the error's blame.
int run_command(CLI::App& app, int argc, char** argv);

/// The command line as provenance tells it: "lockstep align --words content", without paths.
}  // namespace lockstep
