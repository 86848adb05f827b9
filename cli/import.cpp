#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "aligner/datasets/find_recordings.h"
#include "aligner/datasets/known_datasets.h"
#include "aligner/events/event_dialects.h"
#include "aligner/import/write_import.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct ImportCommand {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path output;
  std::filesystem::path words;
  ImportChoices choices;
  RecordingSearch search;
  EventOptions events;
  std::vector<std::string> subjects;
  std::vector<std::string> sessions;
  bool allow_max_shield = false;
  bool ignore_system_clock = false;
  std::string shard = "1/1";
  RunOptions run;
};

/// "001", "1" and "sub-001" are one label; any if none is wanted.
bool is_wanted(const std::string& label, const char* key, const std::vector<std::string>& wanted) {
  const auto bare = [key](std::string_view text) {
    return text.starts_with(key) ? text.substr(std::string_view(key).size()) : text;
  };
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) {
           return is_label(bare(label), bare(one));
         });
}

std::vector<RecordingFiles> chosen_recordings(const ImportCommand& command) {
  std::vector<RecordingFiles> recordings;
  const auto found = find_recordings(command.paths, command.search);
  for (const RecordingFiles& files : found) {
    if (is_wanted(files.subject, "sub-", command.subjects) &&
        is_wanted(files.session, "ses-", command.sessions)) {
      recordings.push_back(files);
    }
  }
  if (recordings.empty()) {
    fail(Blame::kCommandLine,
         "--subject {} --session {}: none of the {} recordings, {} the first; one of theirs is "
         "wanted",
         join(command.subjects, ","),
         join(command.sessions, ","),
         found.size(),
         found.front().name);
  }
  return recordings;
}

nlohmann::json record_of(const ImportCommand& command) {
  const EventOptions& events = command.events;
  return {{"dataset", command.search.dataset},
          {"faults_off", command.search.faults_off},
          {"dialect", events.dialect},
          {"columns", events.columns},
          {"where", events.where},
          {"time_unit", events.time_unit},
          {"offset_s", events.offset_s},
          {"run_starts", events.run_starts.empty() ? "" : sha256_of_file(events.run_starts)},
          {"kinds", events.kinds},
          {"system_clock", command.ignore_system_clock ? "ignore" : "truncate"},
          {"max_shield", command.allow_max_shield ? "allow" : "refuse"}};
}

ImportInputs inputs_of(const ImportCommand& command) {
  ImportInputs inputs;
  inputs.recordings = chosen_recordings(command);
  inputs.open = {
      .system_clock = command.ignore_system_clock ? SystemClock::kIgnore : SystemClock::kTruncate,
      .max_shield = command.allow_max_shield ? MaxShield::kAllow : MaxShield::kRefuse};
  inputs.options = record_of(command);
  if (command.words.empty()) return inputs;
  const auto words = std::make_shared<Words>(read_words_folder(command.words));
  inputs.words_sha256 = words->sha256;
  const auto table =
      std::filesystem::is_directory(command.words) ? command.words / "words.tsv" : command.words;
  inputs.parents = {as_parent(words->provenance, table)};
  EventOptions events = command.events;
  events.dataset = command.search.dataset;
  inputs.read_events = [words, events](const RecordingFiles& files, const RawRecording& recording) {
    return read_recording_events(files, recording, *words, events);
  };
  return inputs;
}

void run_import(const ImportCommand& command) {
  check_output(command.output);
  const Shard shard = Shard::parse(command.shard);
  const ImportSettings settings = import_settings(command.choices);
  const ImportPlan plan = plan_import(inputs_of(command), settings);
  for (const std::string& note : plan.notes) say("import: " + note);
  for (const std::string& warning : plan.warnings) warn(warning);
  if (command.words.empty()) say("import: without --words the file has no events");
  const bool whole = write_import(
      plan, {.output = command.output, .shard = shard, .num_threads = command.run.num_threads()});
  if (!whole) {
    say(text("import: shard {} is done; other shards have recordings left", command.shard));
    return;
  }
  say(text("import: {} recordings, {} sensors, in {}",
           plan.header.recordings.size(),
           plan.header.sensors.size(),
           command.output));
}

void declare_signal_options(CLI::App& app, ImportChoices& choices) {
  app.add_option(
         "--preset",
         choices.preset,
         "paper: 0.1 to 20 Hz, 30 samples a second at their exact times, gradiometers; mne: "
         "the same as MNE-Python's defaults do it, time shifts included; clean: 0.1 to 12 "
         "Hz, gradient compensation of grade 3, robust scale, clamp 5")
      ->capture_default_str();
  app.add_option("--band", choices.band, "LOW:HIGH that passes, Hz; LOW:, :HIGH or none");
  app.add_option("--notch", choices.notch, "frequencies to stop, Hz, with commas; none");
  app.add_option("--rate", choices.rate, "new samples a second: 30, 125/4, as_recorded");
  app.add_option(
      "--sensors",
      choices.sensors,
      "gradiometers, magnetometers, meg (both), meg+ref, or kinds of channel with commas");
  app.add_option(
      "--grade", choices.grade, "of gradient compensation (CTF): 0, 1, 2, 3 or as_recorded");
  app.add_option("--scale",
                 choices.scaling,
                 "of each sensor of each recording: none, or robust (median 0, quartiles 1 apart)");
  app.add_option("--clamp", choices.clamp, "largest absolute value after scaling; none");
}

void declare_event_options(CLI::App& app, ImportCommand& command) {
  app.add_option("--words", command.words, "folder of words.tsv, to whose rows events are matched")
      ->check(CLI::ExistingPath);
  app.add_option("--events",
                 command.events.dialect,
                 "dialect of the tables of events (--list-datasets names them)")
      ->capture_default_str();
  app.add_option("--event-columns",
                 command.events.columns,
                 "columns of your own: onset=COLUMN,word=COLUMN,... (duration, end, kind, run)");
  app.add_option("--event-where",
                 command.events.where,
                 "rows that are words: \"type=word_onset_*\", \"kind=word and condition=a|b\"");
  app.add_option("--event-unit", command.events.time_unit, "of times: s, ms, samples0, samples1");
  app.add_option("--event-offset", command.events.offset_s, "added to every onset, s")
      ->capture_default_str();
  app.add_option("--run-starts", command.events.run_starts, "table of run and start_s")
      ->check(CLI::ExistingFile);
  app.add_option("--event-kinds", command.events.kinds, "that are kept; all")
      ->capture_default_str();
}

void declare_search_options(CLI::App& app, ImportCommand& command) {
  app.add_option("--dataset", command.search.dataset, "known data set whose conventions hold");
  app.add_option("--format", command.search.format, "ctf, fif, ...; else recognised by content");
  app.add_option(
         "--no-fault", command.search.faults_off, "known faults about which nothing is to be done")
      ->delimiter(',');
  app.add_option("--subject", command.subjects, "of these only")->delimiter(',');
  app.add_option("--session", command.sessions, "of these only")->delimiter(',');
  app.add_flag("--allow-max-shield",
               command.allow_max_shield,
               "read MEGIN recordings before signal-space separation");
  app.add_flag("--ignore-system-clock",
               command.ignore_system_clock,
               "read CTF recordings on where their clock stands still");
}

}  // namespace

void declare_import(CLI::App& lockstep) {
  const auto command = std::make_shared<ImportCommand>();
  auto* app = lockstep.add_subcommand(
      "import", "raw recordings, filtered and resampled, with the words heard in them");
  app->add_option("paths", command->paths, "recordings, or folders to search for them")->required();
  app->add_option("-o,--output", command->output, "meg.h5 to create")->required();
  declare_signal_options(*app, command->choices);
  declare_event_options(*app, *command);
  declare_search_options(*app, *command);
  app->add_option("--shard",
                  command->shard,
                  "do the i-th of n shares of the recordings: i/n, all with the same output")
      ->capture_default_str();
  app->add_flag_callback(
      "--list-datasets",
      [] {
        std::cout << list_datasets() << list_dialects();
        throw CLI::Success();
      },
      "print the known data sets with their faults, and the dialects of events");
  declare_run_options(
      *app, command->run, "lockstep import sub-001 --dataset armeni2022 --words words -o meg.h5");
  app->callback([command] { run_import(*command); });
}

}  // namespace lockstep
