// lockstep report: latencies, temporal scores and figures from scores.
#include "aligner/report/report.h"

#include <iostream>
#include <memory>

#include "base/error.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct ReportCommand {
  RunOptions run;
  ReportOptions report;
  std::string window = "-0.5:1.5";
  bool table = false;
};

PeakRule with_window(PeakRule rule, const std::string& window) {
  const std::size_t colon = window.find(':');
  try {
    if (colon == std::string::npos) throw std::invalid_argument(window);
    std::size_t used_begin = 0, used_end = 0;
    rule.begin_s = std::stod(window.substr(0, colon), &used_begin);
    rule.end_s = std::stod(window.substr(colon + 1), &used_end);
    if (used_begin != colon || used_end != window.size() - colon - 1)
      throw std::invalid_argument(window);
  } catch (const std::logic_error&) {
    fail(
        Blame::kCommandLine, "--peak-window {}: no window; two times in seconds, -0.5:1.5", window);
  }
  return rule;
}

void report(ReportCommand command) {
  command.report.analysis.peak = with_window(command.report.analysis.peak, command.window);
  command.report.analysis.num_threads = command.run.num_threads();
  const ReportSummary summary = write_report(command.report);
  if (command.table) {
    std::cout << summary.headline << "\n\n" << summary.table;
    for (const std::string& control : summary.controls)
      std::cout << "\ncontrol " << control << "\n";
    std::cout.flush();
  } else {
    say(summary.headline);
  }
  say(text("written: {}", summary.page));
}

}  // namespace

void declare_report(CLI::App& lockstep) {
  const auto command = std::make_shared<ReportCommand>();
  auto* app = lockstep.add_subcommand(
      "report", "latencies, temporal scores and figures, as one page and as tables");
  app->add_option(
         "scores", command->report.scores, "scores.h5 of results, controls and shuffled folds")
      ->required();
  app->add_option("-o,--output", command->report.output, "folder for report.html and its tables")
      ->required();
  app->add_option(
         "--peak-window", command->window, "times looked at for the peak, seconds after word onset")
      ->capture_default_str();
  app->add_option("--threshold",
                  command->report.analysis.peak.threshold,
                  "share of the maximum that counts as peak")
      ->capture_default_str();
  app->add_option("--null-level",
                  command->report.analysis.null_level,
                  "a layer must exceed the largest R of this share of null draws")
      ->capture_default_str();
  app->add_option("--draws",
                  command->report.analysis.num_draws,
                  "draws of the block bootstrap; 0: no intervals")
      ->capture_default_str();
  app->add_option("--seed", command->report.analysis.seed, "of the bootstrap")
      ->capture_default_str();
  app->add_option("--assets",
                  command->report.assets,
                  "folder of the page's scripts (else $LOCKSTEP_VEGA, node_modules)");
  app->add_flag(
      "--table", command->table, "print planted and found latencies, scores and controls");
  declare_run_options(*app, command->run, "lockstep report scores.h5 control_*.h5 -o report");
  app->callback([command] { report(*command); });
}

}  // namespace lockstep
