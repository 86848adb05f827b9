// Parses the command line and runs the command that it names; the one place that catches.
#include "cli/run_command.h"

#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "base/workers.h"

namespace lockstep {

int RunOptions::num_threads() const { return threads > 0 ? threads : num_processors(); }

void declare_run_options(CLI::App& command, RunOptions& options, const std::string& example) {
  command.add_flag("--quiet", options.quiet, "say nothing but warnings and errors");
  command.add_flag("--verbose", options.verbose, "say more");
  command.add_option("--threads", options.threads, "processors to use; 0: all of them")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command.footer("example:\n  " + example);
  command.parse_complete_callback([&options] {
    set_verbosity(options.quiet     ? Verbosity::kQuiet
                  : options.verbose ? Verbosity::kVerbose
                                    : Verbosity::kNormal);
  });
}

namespace {

/// CLI11 would only say that a subcommand is wanted.
void check_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
    if (names.back() == argv[1]) return;
  }
  fail(Blame::kCommandLine, "\"{}\" is no command; there are {}", argv[1], join(names, ", "));
}

}  // namespace

int run_command(CLI::App& app, int argc, char** argv) {
  try {
    check_command(app, argc, argv);
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << '\n';
    return 0;
  } catch (const CLI::Success&) {
    return 0;
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const std::string command =
        chosen.empty() ? app.get_name() : app.get_name() + " " + chosen.front()->get_name();
    std::cerr << command << ": " << error.what() << "; see " << command << " --help\n";
    return static_cast<int>(Blame::kCommandLine);
  } catch (const Error& error) {
    std::cerr << app.get_name() << ": " << error.what() << '\n';
    return static_cast<int>(error.blame());
  } catch (const std::bad_alloc&) {
    std::cerr << app.get_name() << ": out of memory\n";
    return static_cast<int>(Blame::kProgram);
  } catch (const std::exception& error) {
    std::cerr << app.get_name() << ": fault of the program: " << error.what() << '\n';
    return static_cast<int>(Blame::kProgram);
  }
}

}  // namespace lockstep
