#include "aligner/events/recording_events.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "aligner/datasets/known_datasets.h"
#include "aligner/events/event_rows.h"
#include "aligner/events/events_from_words.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kFarFromConstant_ms = 50;
constexpr std::size_t kMostExamples = 10;

/// The kinds that are kept.
std::set<EventKind> parse_kinds(const std::string& kinds) {
  static const std::map<std::string, EventKind> kNames = {{"word", EventKind::kWord},
                                                          {"phoneme", EventKind::kPhoneme},
                                                          {"silence", EventKind::kSilence},
                                                          {"sound", EventKind::kSound},
                                                          {"trigger", EventKind::kTrigger},
                                                          {"repeat", EventKind::kRepeat}};
  std::set<EventKind> kept;
  for (std::size_t at = 0; at <= kinds.size();) {
    const std::size_t end = std::min(kinds.find(',', at), kinds.size());
    const std::string name = kinds.substr(at, end - at);
    at = end + 1;
    if (name == "all") {
      for (const auto& [known, kind] : kNames) kept.insert(kind);
      continue;
    }
    const auto known = kNames.find(name);
    if (known == kNames.end()) {
      fail(
          Blame::kCommandLine,
          "--events-kinds: \"{}\"; all, word, phoneme, silence, sound, trigger or repeat is wanted",
          name);
    }
    kept.insert(known->second);
  }
  return kept;
}

EventOptions with_dataset(EventOptions options) {
  if (options.dataset.empty()) return options;
  const KnownDataset& dataset = find_dataset(options.dataset);
  const bool is_free = options.dialect == "auto" || options.dialect.empty();
  if (is_free && options.columns.empty()) options.dialect = dataset.dialect;
  return options;
}

EventRows rows_of(const RecordingFiles& files,
                  const RawRecording& recording,
                  const EventOptions& options) {
  const RawHeader& header = recording.header();
  if (!files.events.empty()) {
    return read_event_table(files.events, with_dataset(options), header.rate.hz());
  }
  if (!header.markers.empty()) return read_markers(header, options);
  return read_triggers(recording);
}

class Reading {
 public:
  Reading(const RecordingFiles& files,
          const RawRecording& recording,
          const Words& words,
          const EventOptions& options)
      : files_(files),
        header_(recording.header()),
        words_(words),
        options_(options),
        kinds_(parse_kinds(options.kinds)),
        rows_(rows_of(files, recording, options)) {}

  RecordingEvents read() {
    result_.dialect = rows_.dialect;
    result_.source = rows_.source;
    result_.notes = rows_.notes;
    result_.audit.rows = rows_.num_rows;
    result_.audit.dropped = rows_.words_dropped;
    take_run_of_file();
    const bool has_words = std::any_of(rows_.rows.begin(), rows_.rows.end(), [](const auto& row) {
      return row.kind == EventKind::kWord;
    });
    if (has_words) {
      shift_events(rows_, options_);
    } else {
      shift_alone();
      take_words_after_starts();
    }
    order_rows();
    match();
    number_repeats();
    drop_by_faults();
    flag();
    count();
    compare_with_dataset();
    keep_kinds();
    return std::move(result_);
  }

 private:
  void note(std::string line) { result_.notes.push_back(std::move(line)); }

  /// Events of no run are of the run in the recording's name, if that is a number.
  void take_run_of_file() {
    int64_t run = -1;
    for (int64_t number = 0; number < 1000 && run < 0; ++number) {
      if (!files_.run.empty() && is_label(files_.run, to_text(number))) run = number;
    }
    if (run < 0) return;
    for (EventRow& row : rows_.rows) {
      if (row.run < 0) row.run = run;
    }
  }

  void shift_alone() {
    EventOptions offset = options_;
    offset.run_starts.clear();
    shift_events(rows_, offset);
  }

  /// Without words in the table: those of words.tsv, where it is known when a run began.
  void take_words_after_starts() {
    EventsFromWords made = events_from_words(files_, rows_, words_, options_);
    for (std::string& line : made.notes) note(std::move(line));
    for (EventRow& row : made.rows) rows_.rows.push_back(std::move(row));
    made_rows_ = std::move(made.word);
  }

  /// By onset, then by row of the table; rows of words.tsv that are known go with them.
  void order_rows() {
    const std::size_t num_told = rows_.rows.size() - made_rows_.size();
    std::vector<std::size_t> order(rows_.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return rows_.rows[left].onset_s < rows_.rows[right].onset_s;
    });
    for (const std::size_t k : order) {
      const EventRow& row = rows_.rows[k];
      WordEvent event;
      event.word = k >= num_told ? made_rows_[k - num_told] : -1;
      event.onset_s = row.onset_s;
      event.duration_s = row.duration_s;
      event.kind = row.kind;
      event.text = row.text;
      event.run = row.run;
      event.source_row = row.source_row;
      result_.events.push_back(std::move(event));
    }
  }

  void match() {
    if (!made_rows_.empty()) return;
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < result_.events.size(); ++k) {
      if (result_.events[k].kind == EventKind::kWord) order.push_back(k);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return result_.events[left].run < result_.events[right].run;
    });
    std::vector<HeardText> heard;
    for (const std::size_t k : order) {
      const WordEvent& event = result_.events[k];
      heard.push_back({event.text, event.run, event.onset_s});
    }
    EventMatching matching = match_events(heard, words_);
    for (std::size_t k = 0; k < order.size(); ++k) {
      result_.events[order[k]].word = matching.row[k];
    }
    if (matching.num_parts > 0) {
      note(text("{} events are part of a word that the event before them has: without a row",
                matching.num_parts));
    }
    if (matching.num_by_time > 0) {
      note(text("{} of equal words next to each other have the row of their time",
                matching.num_by_time));
    }
    for (const MatchedStretch& stretch : matching.stretches) {
      if (!stretch.story.empty() || words_.rows.empty()) continue;
      note(text("run {}: its {} words are in no story of words.tsv",
                stretch.run,
                with_thousands(stretch.num_words)));
    }
    result_.stretches = std::move(matching.stretches);
  }

  void number_repeats() {
    std::map<int64_t, int64_t> times_heard;
    int64_t num_again = 0;
    for (WordEvent& event : result_.events) {
      if (event.word < 0) continue;
      event.repeat = times_heard[event.word]++;
      num_again += event.repeat > 0 ? 1 : 0;
    }
    if (num_again > 0) {
      note(text("{} words are heard again in this recording", with_thousands(num_again)));
    }
  }

  /// Gives up the events of words for which `is_meant(number of the word, event)`.
  template <class IsMeant>
  void drop(const KnownFault& fault, const IsMeant& is_meant) {
    int64_t number = 0, num_dropped = 0;
    for (const std::size_t k : words_in_order()) {
      WordEvent& event = result_.events[k];
      if (is_meant(number, event) && event.reason == EventReason::kValid) {
        event.reason = EventReason::kDropped;
        ++num_dropped;
      }
      ++number;
    }
    result_.audit.dropped += num_dropped;
    note(text("known fault {}: {} words dropped", fault.name, with_thousands(num_dropped)));
  }

  /// Indices of the word events, in order of run, then of time, as a session's words are counted.
  std::vector<std::size_t> words_in_order() const {
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < result_.events.size(); ++k) {
      if (result_.events[k].kind == EventKind::kWord) order.push_back(k);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return result_.events[left].run < result_.events[right].run;
    });
    return order;
  }

  void drop_by_faults() {
    for (const std::string& name : files_.known_faults) {
      const KnownFault& fault = find_fault(name);
      if (fault.action == FaultAction::kDropBefore) {
        drop(fault, [&](int64_t, const WordEvent& event) { return event.onset_s < fault.seconds; });
      } else if (fault.action == FaultAction::kDropWords) {
        drop(fault, [&](int64_t number, const WordEvent&) {
          return number >= fault.first && number < fault.end;
        });
      }
    }
  }

  void flag() {
    const double rate = header_.rate.hz();
    const double end_s = static_cast<double>(header_.num_samples) / rate;
    for (WordEvent& event : result_.events) {
      const bool is_outside = event.onset_s < 0 || event.onset_s >= end_s;
      const bool is_bad = !is_outside && is_in_bad_stretch(event.onset_s * rate);
      if (event.kind == EventKind::kWord) {
        result_.audit.outside += is_outside ? 1 : 0;
        result_.audit.in_bad_stretch += is_bad ? 1 : 0;
      }
      if (event.reason != EventReason::kValid) continue;
      if (is_outside) event.reason = EventReason::kOutside;
      if (is_bad) event.reason = EventReason::kBadSegment;
    }
  }

  /// Called bad by the recording, or skipped by the device.
  bool is_in_bad_stretch(double sample) const {
    const auto lies_in = [&](const SampleRange& range) {
      return sample >= static_cast<double>(range.first) && sample < static_cast<double>(range.end);
    };
    const bool is_bad = std::any_of(header_.bad_stretches.begin(),
                                    header_.bad_stretches.end(),
                                    [&](const BadStretch& bad) { return lies_in(bad.samples); });
    return is_bad || std::none_of(header_.segments.begin(), header_.segments.end(), lies_in);
  }

  void count() {
    std::vector<std::string> unmatched;
    for (const WordEvent& event : result_.events) {
      if (event.kind != EventKind::kWord) continue;
      ++result_.audit.word_events;
      ++(event.word >= 0 ? result_.audit.matched : result_.audit.unmatched);
      if (event.word < 0 && unmatched.size() < kMostExamples) unmatched.push_back(event.text);
    }
    if (result_.audit.unmatched > 0 && !words_.rows.empty()) {
      note(text("{} of {} words are not in words.tsv: {}{}",
                with_thousands(result_.audit.unmatched),
                with_thousands(result_.audit.word_events),
                join(unmatched, ", "),
                result_.audit.unmatched > static_cast<int64_t>(unmatched.size()) ? ", ..." : ""));
    }
    result_.audit.words_unheard = count_unheard();
    if (result_.audit.words_unheard > 0) {
      note(text("{} rows of words.tsv have no event in this recording",
                with_thousands(result_.audit.words_unheard)));
    }
    result_.timing = time_runs(result_.events, words_);
    for (const RunTiming& run : result_.timing) {
      result_.audit.drift_ms = std::max(result_.audit.drift_ms, run.largest_ms);
      if (run.largest_ms <= kFarFromConstant_ms) continue;
      note(text(
          "run {}: onsets leave those of words.tsv by up to {} ms ({} of {} words by more than "
          "50 ms; {} ms an hour)",
          run.run,
          std::nearbyint(run.largest_ms),
          run.num_far,
          run.num_words,
          std::nearbyint(run.slope_ms_a_hour)));
    }
  }

  /// Rows of the blocks that were heard, or, of blocks heard less than half, of the part that was.
  int64_t count_unheard() const {
    struct Heard {
      std::size_t begin = 0, end = 0;
      std::size_t first = std::numeric_limits<std::size_t>::max(), last = 0;
      std::size_t count = 0;
    };
    std::vector<uint8_t> is_heard(words_.rows.size(), 0);
    for (const WordEvent& event : result_.events) {
      if (event.word >= 0) is_heard[static_cast<std::size_t>(event.word)] = 1;
    }
    int64_t unheard = 0;
    const auto& rows = words_.rows;
    for (std::size_t begin = 0; begin < rows.size();) {
      Heard block;
      std::size_t row = begin;
      for (; row < rows.size() && rows[row].story == rows[begin].story &&
             rows[row].block == rows[begin].block;
           ++row) {
        if (is_heard[row] == 0) continue;
        ++block.count;
        block.first = std::min(block.first, row);
        block.last = row;
      }
      const std::size_t size = row - begin;
      if (2 * block.count >= size) {
        unheard += static_cast<int64_t>(size - block.count);
      } else if (block.count > 0) {
        unheard += static_cast<int64_t>(block.last + 1 - block.first - block.count);
      }
      begin = row;
    }
    return unheard;
  }

  void compare_with_dataset() {
    if (options_.dataset.empty()) return;
    const KnownDataset& dataset = find_dataset(options_.dataset);
    std::string session = files_.session;
    if (session.starts_with("ses-")) session.erase(0, 4);
    std::set<int64_t> runs;
    for (const WordEvent& event : result_.events) {
      if (event.kind == EventKind::kWord) runs.insert(event.run);
    }
    for (const SessionSize& size : dataset.sizes) {
      if (!is_label(session, size.session)) continue;
      const auto num_runs = static_cast<int64_t>(runs.size());
      if (num_runs != size.num_runs || result_.audit.word_events != size.num_words) {
        note(text("{} runs of {} words; {} publishes {} runs of {} words for session {}",
                  num_runs,
                  with_thousands(result_.audit.word_events),
                  dataset.name,
                  size.num_runs,
                  with_thousands(size.num_words),
                  size.session));
      }
    }
  }

  void keep_kinds() {
    const std::size_t all = result_.events.size();
    std::erase_if(result_.events,
                  [&](const WordEvent& event) { return !kinds_.contains(event.kind); });
    if (result_.events.size() < all) {
      note(text("{} events of other kinds than {} are not kept",
                with_thousands(static_cast<long long>(all - result_.events.size())),
                options_.kinds));
    }
  }

  const RecordingFiles& files_;
  const RawHeader& header_;
  const Words& words_;
  const EventOptions& options_;
  std::set<EventKind> kinds_;
  EventRows rows_;
  std::vector<int64_t> made_rows_;  // of words.tsv, of the last rows of rows_
  RecordingEvents result_;
};

}  // namespace

RecordingEvents read_recording_events(const RecordingFiles& files,
                                      const RawRecording& recording,
                                      const Words& words,
                                      const EventOptions& options) {
  return Reading(files, recording, words, options).read();
}

}  // namespace lockstep
