// lockstep words: a text and what was spoken of it, as the table that every other stage starts
// from.
#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/installed.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"
#include "stimuli/make_words.h"

namespace lockstep {
namespace {

constexpr std::size_t kMostPrinted = 20;  // lines of the audit a story; audit.tsv has them all

struct WordsCommand {
  std::filesystem::path text;
  std::filesystem::path transcript;
  std::filesystem::path pos;
  std::filesystem::path output;
  bool example = false;
  RunOptions run;
};

void print_audit(const MadeWords& made, const StoryInputs& inputs) {
  for (const auto& [kind, count] : inputs.left_out)
    say(text("left out, being no words: {} of kind \"{}\"", with_thousands(count), kind));
  for (const StoryAudit& audit : made.audits) {
    say(summary(audit));
    for (std::size_t line = 0; line < std::min(kMostPrinted, audit.lines.size()); ++line)
      say("  " + describe(audit.lines[line]));
    if (audit.lines.size() > kMostPrinted)
      say(text("  and {} more in audit.tsv", audit.lines.size() - kMostPrinted));
  }
  const auto& rows = made.words.rows;
  const auto num_content =
      std::count_if(rows.begin(), rows.end(), [](const WordRow& row) { return row.content; });
  say(text("word classes: {}; {} of {} words are content words",
           made.words.pos_source,
           with_thousands(num_content),
           with_thousands(static_cast<long long>(rows.size()))));
  if (made.num_untagged > 0)
    warn(text("words: {} words of the text have no tag in the table: no content words",
              made.num_untagged));
}

void words(WordsCommand command) {
  if (command.example) {
    const auto folder = installed_folder("example", LOCKSTEP_SOURCE_EXAMPLE);
    command.text = folder / "story.txt";
    command.transcript = folder / "transcript.tsv";
  } else if (command.text.empty()) {
    fail(Blame::kCommandLine, "words: no text; --text FILE or --example is wanted");
  }
  if (std::filesystem::exists(command.output) && !std::filesystem::is_directory(command.output)) {
    fail(Blame::kCommandLine, "{}: a file; a folder to create is wanted", command.output);
  }
  const StoryInputs inputs = read_story_inputs(command.text, command.transcript);
  const MadeWords made = make_words(inputs, {.pos = command.pos});
  print_audit(made, inputs);
  std::filesystem::create_directories(command.output);
  write_file_whole(command.output / "audit.tsv", audit_table(made.audits));
  write_words_folder(made.words, command.output);
}

}  // namespace

void declare_words(CLI::App& lockstep) {
  const auto options = std::make_shared<WordsCommand>();
  auto* command = lockstep.add_subcommand(
      "words", "match a timed transcript to its text, or take a text alone");
  auto* text_option = command->add_option(
      "--text", options->text, "UTF-8 text of a story, or a folder of .txt files");
  auto* transcript_option = command->add_option(
      "--transcript",
      options->transcript,
      "timed words: TSV or CSV, BIDS events, Praat TextGrid; or a folder of them");
  command->add_flag("--example", options->example, "the built-in story and its transcript")
      ->excludes(text_option)
      ->excludes(transcript_option);
  command->add_option(
      "--pos", options->pos, "table of Universal POS tags, as scripts/tag_words.py writes it");
  command
      ->add_option("-o,--output", options->output, "folder to create: words.tsv, text/, audit.tsv")
      ->required();
  declare_run_options(*command,
                      options->run,
                      "lockstep words --text story.txt --transcript story.TextGrid -o words");
  command->callback([options] { words(*options); });
}

}  // namespace lockstep
