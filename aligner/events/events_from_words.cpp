#include "aligner/events/events_from_words.h"

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "aligner/datasets/known_datasets.h"
#include "base/text.h"

namespace lockstep {
namespace {

constexpr double kScannerLead_s = 10.65;

/// "12" of "story_12".
std::string number_at_end(const std::string& name) {
  const auto other = name.find_last_not_of("0123456789");
  return other == std::string::npos ? name : name.substr(other + 1);
}

/// Rows of the story or block whose number is the run's.
std::vector<std::size_t> rows_of_run(const Words& words, int64_t run) {
  const std::string number = to_text(run);
  std::vector<std::size_t> rows;
  std::set<std::pair<std::string, std::string>> blocks;
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    const WordRow& word = words.rows[row];
    blocks.emplace(word.story, word.block);
    if (is_label(number_at_end(word.story), number)) rows.push_back(row);
  }
  if (!rows.empty()) return rows;
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    const bool is_meant =
        blocks.size() == 1 ||
        (words.stories.size() == 1 && is_label(number_at_end(words.rows[row].block), number));
    if (is_meant) rows.push_back(row);
  }
  return rows;
}

std::map<int64_t, double> starts_by_trigger(const EventRows& told, int64_t run) {
  std::map<int64_t, double> starts;
  for (const EventRow& row : told.rows) {
    if (row.kind == EventKind::kTrigger && row.text.starts_with("Beg")) {
      starts.emplace(run, row.onset_s);
    }
  }
  return starts;
}

int64_t run_of(const EventRows& told, const RecordingFiles& files) {
  for (int64_t run = 0; run < 1000; ++run) {
    if (is_label(files.run, to_text(run)) && !files.run.empty()) return run;
  }
  return told.rows.empty() ? -1 : told.rows.front().run;
}

}  // namespace

EventsFromWords events_from_words(const RecordingFiles& files,
                                  const EventRows& told,
                                  const Words& words,
                                  const EventOptions& options) {
  EventsFromWords made;
  const bool has_scanner_lead = told.dialect == "smn4lang" && options.run_starts.empty();
  const int64_t own_run = run_of(told, files);
  std::map<int64_t, double> starts;
  if (!options.run_starts.empty()) {
    starts = read_run_starts(options.run_starts);
  } else if (has_scanner_lead) {
    starts = starts_by_trigger(told, own_run);
  }
  if (starts.empty()) {
    made.notes.push_back(has_scanner_lead
                             ? told.source + ": no trigger Beg: without it no word has a time"
                             : told.source + ": no word events, and no start of a run is known");
    return made;
  }
  for (const auto& [run, start_s] : starts) {
    const std::vector<std::size_t> rows = rows_of_run(words, run);
    double lead_s = 0;
    int64_t num_untimed = 0;
    for (const std::size_t row : rows) {
      if (std::isnan(words.rows[row].onset_s)) continue;
      if (has_scanner_lead && words.rows[row].onset_s >= kScannerLead_s) lead_s = kScannerLead_s;
      break;
    }
    for (const std::size_t row : rows) {
      const WordRow& word = words.rows[row];
      num_untimed += std::isnan(word.onset_s) ? 1 : 0;
      if (std::isnan(word.onset_s)) continue;
      made.rows.push_back(
          {EventKind::kWord, word.word, run, start_s - lead_s + word.onset_s, word.duration_s, -1});
      made.word.push_back(static_cast<int64_t>(row));
    }
    made.notes.push_back(text("run {}: {} words of words.tsv from {} s on{}{}",
                              run,
                              with_thousands(static_cast<long long>(rows.size()) - num_untimed),
                              start_s,
                              lead_s > 0 ? ", less the scanner's 10.65 s" : "",
                              num_untimed > 0 ? text("; {} have no onset", num_untimed) : ""));
  }
  return made;
}

}  // namespace lockstep
