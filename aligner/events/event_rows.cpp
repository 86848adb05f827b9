#include "aligner/events/event_rows.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "aligner/datasets/loose_table.h"
#include "aligner/events/event_mapping.h"
#include "aligner/events/event_text.h"
#include "aligner/events/python_literal.h"
#include "base/error.h"
#include "stimuli/transcript.h"

namespace lockstep {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostSeconds = 1e8;  // three years
constexpr int64_t kPieceSamples = 1 << 16;
constexpr std::size_t kMostTriggers = 10'000'000;

using Literal = std::map<std::string, std::string>;

/// What a row is; nothing known if `counted_as` is not empty.
struct Meaning {
  EventKind kind = EventKind::kWord;
  std::string text;
  int64_t run = -1;
  std::string counted_as;
};

std::optional<int64_t> whole_number(std::string_view digits) {
  int64_t value = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (status == std::errc() && end == digits.data() + digits.size()) return value;
  return std::nullopt;
}

/// "2.0" as 2.
std::optional<int64_t> whole_value(const std::string& number) {
  double value = 0;
  const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (status != std::errc() || end != number.data() + number.size() || !(std::abs(value) < 1e9) ||
      value != std::trunc(value)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value);
}

/// The number at the end of "word_onset_07"; -1 if there is none.
int64_t number_at_end(const std::string& type) {
  const auto dash = type.rfind('_');
  if (dash == std::string::npos) return -1;
  return whole_number(std::string_view(type).substr(dash + 1)).value_or(-1);
}

/// Words of no sound are pauses.
EventKind word_or_silence(const std::string& text) {
  return is_pause(text) ? EventKind::kSilence : EventKind::kWord;
}

Meaning armeni_meaning(const std::string& type, const std::string& value) {
  if (type.starts_with("word_onset_")) {
    const EventKind kind = value.empty() ? EventKind::kWord : word_or_silence(value);
    return {kind, value, number_at_end(type), {}};
  }
  if (type.starts_with("phoneme_onset_")) {
    return {is_pause(value) ? EventKind::kSilence : EventKind::kPhoneme,
            value,
            number_at_end(type),
            is_pause(value) ? "phoneme pause" : ""};
  }
  if (type == "wav_onset") {
    const auto trigger = whole_number(value);
    if (trigger == 100) return {EventKind::kRepeat, value, -1, {}};
    const bool tells_run = trigger && *trigger >= 10 && *trigger < 100 && *trigger % 10 == 0;
    return {EventKind::kSound, value, tells_run ? *trigger / 10 : -1, {}};
  }
  if (type.starts_with("UPPT")) return {EventKind::kTrigger, type + " " + value, -1, {}};
  return {EventKind::kTrigger, {}, -1, type.empty() ? "no type" : type};
}

struct KindName {
  const char* name;
  EventKind kind;
};
constexpr std::array kKindNames = {KindName{"word", EventKind::kWord},
                                   KindName{"phoneme", EventKind::kPhoneme},
                                   KindName{"phone", EventKind::kPhoneme},
                                   KindName{"silence", EventKind::kSilence},
                                   KindName{"pause", EventKind::kSilence},
                                   KindName{"sound", EventKind::kSound},
                                   KindName{"audio", EventKind::kSound},
                                   KindName{"wav_onset", EventKind::kSound},
                                   KindName{"trigger", EventKind::kTrigger},
                                   KindName{"beg", EventKind::kTrigger},
                                   KindName{"end", EventKind::kTrigger},
                                   KindName{"repeat", EventKind::kRepeat}};

std::optional<EventKind> kind_of(const std::string& type) {
  const std::string small = in_small_letters(type);
  for (const KindName& known : kKindNames) {
    if (small == known.name || small.starts_with(std::string(known.name) + "_onset")) {
      return known.kind;
    }
  }
  return std::nullopt;
}

Meaning typed_meaning(const std::string& type, const std::string& word) {
  const auto kind = kind_of(type);
  if (!kind) return {EventKind::kTrigger, {}, -1, type.empty() ? "no kind" : type};
  Meaning meaning{*kind, word, number_at_end(type), {}};
  if (*kind == EventKind::kTrigger) meaning.text = word.empty() ? type : type + " " + word;
  if (*kind == EventKind::kWord && !word.empty()) meaning.kind = word_or_silence(word);
  return meaning;
}

Meaning literal_meaning(const Literal& literal) {
  const auto item = [&](const char* key) {
    const auto found = literal.find(key);
    return found == literal.end() ? std::string() : found->second;
  };
  const std::string type = item("kind");
  const auto kind = kind_of(type);
  if (!kind) return {EventKind::kTrigger, {}, -1, type.empty() ? "no kind" : type};
  Meaning meaning{*kind, item(type.c_str()), -1, {}};
  meaning.run = whole_value(item("sound_id")).value_or(-1);
  if (*kind == EventKind::kWord && !meaning.text.empty()) {
    meaning.kind = word_or_silence(meaning.text);
  }
  return meaning;
}

/// Reads the rows of one table.
class TableReader {
 public:
  TableReader(const LooseTable& table, const EventOptions& options, double rate_hz)
      : table_(table), mapping_(map_events(table, options)), rate_hz_(rate_hz) {}

  EventRows read() {
    events_.dialect = mapping_.dialect;
    events_.source = table_.path().filename().string();
    events_.num_rows = table_.num_rows();
    for (const std::string& note : table_.notes()) {
      events_.notes.push_back(events_.source + ": " + note);
    }
    for (int64_t row = 0; row < table_.num_rows(); ++row) take(row);
    say();
    return std::move(events_);
  }

 private:
  /// A cell; missing ones are empty, but in a column of words, where "Na" is one.
  std::string cell(int64_t row, std::optional<std::size_t> column) const {
    if (!column || table_.cell(row, *column) == "n/a") return {};
    return table_.cell(row, *column);
  }

  Literal literal_of(int64_t row) const {
    const std::string& found = table_.cell(row, *mapping_.kind);
    if (!found.starts_with('{')) return {};
    try {
      return parse_python_dictionary(found, "dictionary");
    } catch (const Error& error) {
      table_.refuse(row, *mapping_.kind, error.what());
    }
  }

  Meaning meaning_of(int64_t row, const Literal& literal) const {
    Meaning meaning;
    switch (mapping_.style) {
      case RowStyle::kArmeni:
        meaning = armeni_meaning(table_.cell(row, *mapping_.kind), cell(row, mapping_.word));
        break;
      case RowStyle::kTypes:
        meaning = typed_meaning(cell(row, mapping_.kind), cell(row, mapping_.word));
        break;
      case RowStyle::kLiteral:
        meaning = literal_meaning(literal);
        break;
      case RowStyle::kWords: {
        const std::string word = cell(row, mapping_.word);
        meaning = {word.empty() ? EventKind::kWord : word_or_silence(word), word, -1, {}};
        break;
      }
    }
    if (!mapping_.where.empty()) apply_where(row, literal, meaning);
    return meaning;
  }

  /// The user's own rule says which rows are words.
  void apply_where(int64_t row, const Literal& literal, Meaning& meaning) const {
    const bool is_word = meaning.counted_as.empty() && meaning.kind == EventKind::kWord;
    if (holds_of(mapping_.where, table_, row, literal)) {
      if (meaning.text.empty() || meaning.kind == EventKind::kTrigger) {
        meaning.text = cell(row, mapping_.word);
      }
      meaning.kind = EventKind::kWord;
      meaning.counted_as.clear();
    } else if (is_word) {
      meaning.counted_as = "word that --events-where leaves out";
    }
  }

  void take(int64_t row) {
    const Literal literal = mapping_.style == RowStyle::kLiteral ? literal_of(row) : Literal();
    Meaning meaning = meaning_of(row, literal);
    if (!meaning.counted_as.empty()) {
      ++events_.left_out[as_utf8(meaning.counted_as)];
      return;
    }
    const auto onset = onset_of(row, meaning.kind);
    const bool is_word = meaning.kind == EventKind::kWord;
    if (!onset || (is_word && meaning.text.empty())) {
      ++events_.left_out[!onset ? "row without onset" : "word without text"];
      events_.words_dropped += is_word ? 1 : 0;
      return;
    }
    EventRow event;
    event.kind = meaning.kind;
    event.text = as_utf8(meaning.text);
    num_not_utf8_ += event.text != meaning.text ? 1 : 0;
    event.run = run_of(row, meaning.run);
    event.onset_s = mapping_.unit.seconds(*onset, rate_hz_);
    if (!(std::abs(event.onset_s) <= kMostSeconds)) {
      table_.refuse(row, mapping_.onset, "a time within 100,000,000 s of the recording is wanted");
    }
    event.duration_s = duration_of(row, event.onset_s);
    event.source_row = row;
    events_.rows.push_back(std::move(event));
  }

  std::optional<double> onset_of(int64_t row, EventKind kind) {
    const bool looks_on = mapping_.takes_next_onset && kind == EventKind::kWord;
    if (looks_on && row + 1 < table_.num_rows() && is_phoneme(row + 1)) {
      ++num_next_;
      return table_.number_if_any(row + 1, mapping_.onset);
    }
    num_own_ += looks_on ? 1 : 0;
    return table_.number_if_any(row, mapping_.onset);
  }

  bool is_phoneme(int64_t row) const {
    return literal_meaning(literal_of(row)).kind == EventKind::kPhoneme;
  }

  double duration_of(int64_t row, double onset_s) {
    double duration_s = kUnknown;
    if (mapping_.duration) {
      const auto found = table_.number_if_any(row, *mapping_.duration);
      if (found) duration_s = mapping_.unit.length_s(*found, rate_hz_);
    } else if (mapping_.end) {
      const auto found = table_.number_if_any(row, *mapping_.end);
      if (found) duration_s = mapping_.unit.seconds(*found, rate_hz_) - onset_s;
    }
    if (!(duration_s < 0)) return duration_s;
    ++num_negative_;
    return kUnknown;
  }

  int64_t run_of(int64_t row, int64_t run) {
    if (!mapping_.run || table_.is_missing(row, *mapping_.run)) return run;
    const std::string& found = table_.cell(row, *mapping_.run);
    if (const auto number = whole_value(found)) return *number;
    return named_runs_.emplace(found, static_cast<int64_t>(named_runs_.size()) + 1).first->second;
  }

  void say() {
    const auto say_count = [&](int64_t count, const char* what) {
      if (count > 0) events_.notes.push_back(text("{}: {} {}", events_.source, count, what));
    };
    say_count(num_negative_, "durations are below 0: taken as unknown");
    say_count(num_not_utf8_, "texts are not UTF-8: their other bytes are replaced");
    say_count(static_cast<int64_t>(named_runs_.size()), "runs have names: numbered as they come");
    say_count(num_next_, "words begin with the row after theirs, a phoneme");
    say_count(num_own_, "words have no phoneme in the row after theirs: their own onset is taken");
    for (const auto& [what, count] : events_.left_out) {
      events_.notes.push_back(
          text("{}: {} rows left out: {}", events_.source, with_thousands(count), what));
    }
  }

  const LooseTable& table_;
  EventMapping mapping_;
  double rate_hz_;
  EventRows events_;
  std::map<std::string, int64_t> named_runs_;
  int64_t num_negative_ = 0;
  int64_t num_not_utf8_ = 0;
  int64_t num_next_ = 0;
  int64_t num_own_ = 0;
};

std::string in_quotes(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// Values that a channel rises to, with the samples at which it does.
void add_triggers(const RawRecording& recording, std::size_t channel, EventRows& events) {
  const RawHeader& header = recording.header();
  const std::array channels{channel};
  for (const SampleRange& segment : header.segments) {
    double before = std::numeric_limits<double>::infinity();
    for (int64_t first = segment.first; first < segment.end; first += kPieceSamples) {
      int64_t sample = first;
      for (const double value :
           recording.read(channels, {first, std::min(segment.end, first + kPieceSamples)})) {
        const double now = std::nearbyint(value);
        if (now > before && std::abs(now) < 9e15 && events.rows.size() < kMostTriggers) {
          events.rows.push_back({EventKind::kTrigger,
                                 text("{} {}",
                                      as_utf8(clean_name(header.channels[channel].name)),
                                      static_cast<int64_t>(now)),
                                 -1,
                                 static_cast<double>(sample) / header.rate.hz(),
                                 kUnknown,
                                 -1});
        }
        before = now;
        ++sample;
      }
    }
  }
}

}  // namespace

EventRows read_event_table(const std::filesystem::path& path,
                           const EventOptions& options,
                           double rate_hz) {
  const LooseTable table = LooseTable::read(path);
  return TableReader(table, options, rate_hz).read();
}

EventRows read_markers(const RawHeader& header, const EventOptions& options) {
  std::string table = "onset,duration,trial_type\n";
  for (const Marker& marker : header.markers) {
    table += to_text(marker.onset_s) + "," + to_text(marker.duration_s) + "," +
             in_quotes(marker.text) + "\n";
  }
  EventOptions own = options;
  own.time_unit.clear();
  const LooseTable parsed = LooseTable::parse(table, "markers of the recording");
  EventRows events = TableReader(parsed, own, header.rate.hz()).read();
  if (!events.rows.empty()) return events;
  // Markers of no known kind.
  events.left_out.clear();
  events.notes.clear();
  for (std::size_t k = 0; k < header.markers.size(); ++k) {
    const Marker& marker = header.markers[k];
    events.rows.push_back({EventKind::kTrigger,
                           as_utf8(marker.text),
                           -1,
                           marker.onset_s,
                           marker.duration_s,
                           static_cast<int64_t>(k)});
  }
  return events;
}

EventRows read_triggers(const RawRecording& recording) {
  EventRows events;
  events.dialect = "triggers";
  std::vector<std::string> names;
  const RawHeader& header = recording.header();
  for (std::size_t channel = 0; channel < header.channels.size(); ++channel) {
    if (header.channels[channel].kind != ChannelKind::kStimulus) continue;
    names.push_back(clean_name(header.channels[channel].name));
    add_triggers(recording, channel, events);
  }
  events.source = names.empty() ? "no stimulus channel" : "triggers on " + join(names, ", ");
  events.num_rows = static_cast<int64_t>(events.rows.size());
  if (events.rows.size() >= kMostTriggers) {
    events.notes.push_back(text("{}: more than {}; the rest is left out",
                                events.source,
                                with_thousands(static_cast<long long>(kMostTriggers))));
  }
  return events;
}

std::map<int64_t, double> read_run_starts(const std::filesystem::path& path) {
  const LooseTable table = LooseTable::read(path);
  const auto run = table.find("run");
  const auto start = table.find("start_s");
  if (!run || !start) {
    fail(Blame::kData,
         "{}: columns {}; run and start_s are wanted",
         path,
         join(table.columns(), ", "));
  }
  std::map<int64_t, double> starts;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    const auto number = whole_value(table.cell(row, *run));
    if (!number) table.refuse(row, *run, "the number of a run is wanted");
    const auto start_s = table.number_if_any(row, *start);
    if (!start_s || !(std::abs(*start_s) <= kMostSeconds)) {
      table.refuse(row, *start, "seconds of the recording are wanted");
    }
    if (!starts.emplace(*number, *start_s).second) {
      table.refuse(row, *run, "each run once is wanted");
    }
  }
  return starts;
}

void shift_events(EventRows& events, const EventOptions& options) {
  std::map<int64_t, double> starts;
  if (!options.run_starts.empty()) starts = read_run_starts(options.run_starts);
  int64_t num_without = 0;
  for (EventRow& event : events.rows) {
    event.onset_s += options.offset_s;
    if (starts.empty()) continue;
    const auto start = starts.find(event.run);
    if (start != starts.end()) event.onset_s += start->second;
    num_without += start == starts.end() ? 1 : 0;
  }
  if (num_without > 0) {
    events.notes.push_back(text("{}: {} events are of no run of {}: not shifted by a start",
                                events.source,
                                with_thousands(num_without),
                                std::filesystem::path(options.run_starts).filename()));
  }
}

}  // namespace lockstep
