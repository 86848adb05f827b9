// lockstep folds: which words are held out together, from the words alone.
#include "stimuli/folds.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"
#include "stimuli/word_source.h"

namespace lockstep {
namespace {

struct FoldsCommand {
  std::filesystem::path words;
  std::filesystem::path output;
  FoldOptions folds;
  RunOptions run;
};

void folds(const FoldsCommand& command) {
  if (command.folds.scheme == "file" && command.folds.table.empty()) {
    fail(Blame::kCommandLine, "folds: scheme file; --table FILE is wanted with it");
  }
  check_output(command.output);
  const Words words = load_words(command.words);
  const FoldPlan plan = make_folds(words, command.folds);
  std::vector<std::string> sizes;
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    sizes.push_back(with_thousands(std::count(plan.fold.begin(), plan.fold.end(), fold)));
  }
  say(text("folds: scheme {}, {} blocks in {} folds of {} words",
           plan.scheme,
           plan.num_blocks,
           plan.num_folds,
           join(sizes, ", ")));
  const auto num_untested = std::count(plan.fold.begin(), plan.fold.end(), -1);
  if (num_untested > 0) warn(text("folds: {} words are never tested", num_untested));
  write_folds(plan, command.output);
}

}  // namespace

void declare_folds(CLI::App& lockstep) {
  const auto options = std::make_shared<FoldsCommand>();
  auto* command = lockstep.add_subcommand("folds", "plan which words are held out together");
  command->add_option("words", options->words, "folder written by lockstep words, or a text file")
      ->required();
  command->add_option("-o,--output", options->output, "folds.tsv to create")->required();
  command
      ->add_option("--scheme", options->folds.scheme, "story, block, contiguous, shuffled or file")
      ->capture_default_str();
  command->add_option("--k", options->folds.k, "number of folds")->capture_default_str();
  command->add_option("--seed", options->folds.seed, "of shuffled folds")->capture_default_str();
  command->add_option("--table",
                      options->folds.table,
                      "of scheme file: columns fold and word, or fold, story and block");
  declare_run_options(
      *command, options->run, "lockstep folds words --scheme block --k 5 -o folds.tsv");
  command->callback([options] { folds(*options); });
}

}  // namespace lockstep
