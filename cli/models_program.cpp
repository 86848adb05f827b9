// The commands that need libtorch live in a program of their own, beside this one or in ../libexec/lockstep: two BLAS
// libraries in one process would take each other's symbols.
#include "cli/models_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace lockstep {

bool is_models_command(const char* command) {
  return std::string_view(command) == "extract" || std::string_view(command) == "models";
}

void declare_models_commands(CLI::App& lockstep) {
  lockstep.add_subcommand("extract", "a model's activations of every word, at any contexts and layers");
  lockstep.add_subcommand("models", "what is supported; what a checkpoint resolves to; token ids and offsets");
}

int run_models_program(char** argv) {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::vector<std::filesystem::path> places = {folder / "lockstep-models",
                                                     folder / "../libexec/lockstep/lockstep-models"};
  for (const auto& place : places) {
    if (!std::filesystem::exists(place)) continue;
    execv(place.c_str(), argv);
    std::cerr << "lockstep: " << place.string() << ": " << std::strerror(errno) << '\n';
    return 1;
  }
  std::cerr << "lockstep: " << argv[1] << ": this lockstep was built without models; looked for " << places[0].string() << " and "
            << places[1].string() << '\n';
  return 2;
}

}  // namespace lockstep
