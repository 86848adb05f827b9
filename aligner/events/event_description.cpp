#include "aligner/events/event_description.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

// A trigger and its sound; the delays published are below 0.12 s.
constexpr double kLongestDelay_s = 1;

const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::kWord:
      return "words";
    case EventKind::kPhoneme:
      return "phonemes";
    case EventKind::kSilence:
      return "pauses";
    case EventKind::kSound:
      return "sounds";
    case EventKind::kTrigger:
      return "triggers";
    case EventKind::kRepeat:
      break;
  }
  return "repeats";
}

std::string digits(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g", value);
  return buffer.data();
}

int64_t count_out_of_order(std::vector<WordEvent> events) {
  std::erase_if(events, [](const WordEvent& event) { return event.source_row < 0; });
  std::sort(events.begin(), events.end(), [](const WordEvent& left, const WordEvent& right) {
    return left.source_row < right.source_row;
  });
  int64_t count = 0;
  for (std::size_t k = 1; k < events.size(); ++k) {
    count += events[k].onset_s < events[k - 1].onset_s ? 1 : 0;
  }
  return count;
}

/// Words in order of their onsets.
void count_duplicates(const std::vector<WordEvent>& events, EventDescription& description) {
  std::set<double> samples;
  double before = -std::numeric_limits<double>::infinity();
  for (const WordEvent& event : events) {
    if (event.kind != EventKind::kWord) continue;
    description.num_same_onset += event.onset_s == before ? 1 : 0;
    before = event.onset_s;
    const bool is_new =
        samples.insert(std::nearbyint(event.onset_s * description.target_hz)).second;
    description.num_same_sample += is_new ? 0 : 1;
  }
}

/// The number at the end of "UPPT001 10".
std::string value_of(const std::string& trigger) { return trigger.substr(trigger.rfind(' ') + 1); }

/// Delays of the sounds of a kind: a sound's text is its trigger's value.
SoundDelays delays_of(const std::vector<WordEvent>& events, EventKind kind) {
  SoundDelays delays;
  delays.of = name_of(kind);
  std::vector<double> found;
  std::map<std::string, double> last_trigger;
  for (const WordEvent& event : events) {
    if (event.kind == EventKind::kTrigger) last_trigger[value_of(event.text)] = event.onset_s;
    if (event.kind != kind) continue;
    const auto trigger = last_trigger.find(event.text);
    const bool has_one =
        trigger != last_trigger.end() && event.onset_s - trigger->second <= kLongestDelay_s;
    if (has_one) found.push_back(1000 * (event.onset_s - trigger->second));
    delays.num_without += has_one ? 0 : 1;
  }
  delays.count = static_cast<int64_t>(found.size());
  if (found.empty()) return delays;
  std::sort(found.begin(), found.end());
  delays.least_ms = found.front();
  delays.most_ms = found.back();
  const std::size_t middle = found.size() / 2;
  delays.median_ms =
      found.size() % 2 == 1 ? found[middle] : (found[middle - 1] + found[middle]) / 2;
  return delays;
}

std::string counts_in_words(const EventDescription& description) {
  std::vector<std::string> counts;
  for (const auto& [kind, count] : description.count) {
    counts.push_back(with_thousands(count) + " " + name_of(kind));
  }
  return counts.empty() ? "none" : join(counts, ", ");
}

std::string runs_in_words(const EventDescription& description) {
  std::vector<std::string> runs;
  for (const auto& [run, count] : description.words_of_run) {
    runs.push_back((run < 0 ? "none" : to_text(run)) + ": " + with_thousands(count));
  }
  return join(runs, ", ");
}

std::string delays_in_words(const SoundDelays& delays) {
  std::string line =
      text("{} {} without a trigger of their number before them", delays.num_without, delays.of);
  if (delays.count == 0) return line;
  const std::string range = text("{} to {} ms, median {}",
                                 digits(delays.least_ms),
                                 digits(delays.most_ms),
                                 digits(delays.median_ms));
  return text("{} {} come {} after their trigger", delays.count, delays.of, range) +
         (delays.num_without > 0 ? "; " + line : "");
}

std::string matches_in_words(const EventAudit& audit) {
  return text("{} of {} words, {} not in words.tsv; {} rows without an event; {} dropped",
              with_thousands(audit.matched),
              with_thousands(audit.word_events),
              with_thousands(audit.unmatched),
              with_thousands(audit.words_unheard),
              with_thousands(audit.dropped));
}

std::string timing_in_words(const RunTiming& run) {
  return text("begins at {} s; words spread {} ms round that, {} at most; {} ms an hour",
              digits(run.start_s),
              digits(run.spread_ms),
              digits(run.largest_ms),
              digits(run.slope_ms_a_hour));
}

Json timing_as_json(const std::vector<RunTiming>& timing) {
  Json runs = Json::array();
  for (const RunTiming& run : timing) {
    runs.push_back({{"run", run.run},
                    {"story", run.story},
                    {"block", run.block},
                    {"words", run.num_words},
                    {"start_s", run.start_s},
                    {"spread_ms", run.spread_ms},
                    {"largest_ms", run.largest_ms},
                    {"slope_ms_an_hour", run.slope_ms_a_hour},
                    {"words_beyond_50_ms", run.num_far}});
  }
  return runs;
}

}  // namespace

EventDescription describe_events(const RecordingEvents& events,
                                 const RawHeader& header,
                                 const Words& words,
                                 double target_hz) {
  EventDescription description;
  description.source = events.source;
  description.dialect = events.dialect;
  description.target_hz = target_hz;
  description.audit = events.audit;
  description.has_words = !words.rows.empty();
  description.timing = events.timing;
  description.notes = events.notes;
  const double end_s = static_cast<double>(header.num_samples) / header.rate.hz();
  for (const WordEvent& event : events.events) {
    ++description.count[event.kind];
    if (event.kind == EventKind::kWord) ++description.words_of_run[event.run];
    description.num_before += event.onset_s < 0 ? 1 : 0;
    description.num_after += event.onset_s >= end_s ? 1 : 0;
  }
  description.num_out_of_order = count_out_of_order(events.events);
  count_duplicates(events.events, description);
  for (const EventKind kind : {EventKind::kSound, EventKind::kRepeat}) {
    if (description.count.contains(kind)) {
      description.delays.push_back(delays_of(events.events, kind));
    }
  }
  return description;
}

std::string in_words(const EventDescription& description) {
  std::vector<std::pair<std::string, std::string>> lines = {
      {"events", text("{}, dialect {}", description.source, description.dialect)},
      {"kinds", counts_in_words(description)},
      {"words by run", runs_in_words(description)},
      {"order",
       text("{} rows begin before the row before them; {} events lie before the recording, {} "
            "after it",
            with_thousands(description.num_out_of_order),
            with_thousands(description.num_before),
            with_thousands(description.num_after))},
      {"same sample",
       text("{} words begin with the word before; {} share their sample at {} Hz",
            with_thousands(description.num_same_onset),
            with_thousands(description.num_same_sample),
            description.target_hz)}};
  for (const SoundDelays& delays : description.delays) {
    lines.emplace_back("delays", delays_in_words(delays));
  }
  if (description.has_words) lines.emplace_back("matched", matches_in_words(description.audit));
  for (const RunTiming& run : description.timing) {
    lines.emplace_back(text("run {}", run.run), timing_in_words(run));
  }
  for (const std::string& note : description.notes) lines.emplace_back("note", note);
  std::size_t width = 0;
  for (const auto& [label, value] : lines) width = std::max(width, label.size());
  std::string all = "events\n";
  for (const auto& [label, value] : lines) {
    if (!value.empty())
      all += "  " + label + std::string(width - label.size() + 2, ' ') + value + "\n";
  }
  return all;
}

Json as_json(const EventDescription& description) {
  const EventAudit& audit = description.audit;
  Json counts = Json::object(), runs = Json::array(), delays = Json::array();
  for (const auto& [kind, count] : description.count) counts[name_of(kind)] = count;
  for (const auto& [run, count] : description.words_of_run) {
    runs.push_back({{"run", run}, {"words", count}});
  }
  for (const SoundDelays& delay : description.delays) {
    delays.push_back({{"of", delay.of},
                      {"count", delay.count},
                      {"without_trigger", delay.num_without},
                      {"least_ms", delay.least_ms},
                      {"median_ms", delay.median_ms},
                      {"most_ms", delay.most_ms}});
  }
  Json json = {{"source", description.source},
               {"dialect", description.dialect},
               {"rows", audit.rows},
               {"kinds", counts},
               {"words_by_run", runs},
               {"out_of_order", description.num_out_of_order},
               {"before_recording", description.num_before},
               {"after_recording", description.num_after},
               {"same_onset", description.num_same_onset},
               {"same_sample", description.num_same_sample},
               {"target_hz", description.target_hz},
               {"sound_delays", delays},
               {"word_events", audit.word_events},
               {"dropped", audit.dropped},
               {"outside", audit.outside},
               {"in_bad_stretch", audit.in_bad_stretch},
               {"notes", description.notes}};
  if (description.has_words) {
    json["matched"] = audit.matched;
    json["unmatched"] = audit.unmatched;
    json["words_unheard"] = audit.words_unheard;
    json["drift_ms"] = audit.drift_ms;
    json["runs"] = timing_as_json(description.timing);
  }
  return json;
}

}  // namespace lockstep
