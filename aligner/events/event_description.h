#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "aligner/events/recording_events.h"

namespace lockstep {

/// From the trigger that began a sound to the sound, as the table tells both.
struct SoundDelays {
  std::string of;           ///< "sounds", "repeats"
  int64_t count = 0;        ///< sounds with a trigger before them
  int64_t num_without = 0;  ///< without
  double least_ms = 0;
  double median_ms = 0;
  double most_ms = 0;
};

/// What is worth knowing of a recording's events before it is imported.
struct EventDescription {
  std::string source;
  std::string dialect;
  std::map<EventKind, int64_t> count;
  std::map<int64_t, int64_t> words_of_run;
  int64_t num_out_of_order = 0;  ///< rows that begin before the row before them
  int64_t num_before = 0;        ///< events before the first sample
  int64_t num_after = 0;         ///< events after the last
  int64_t num_same_onset = 0;    ///< words that begin with the word before
  int64_t num_same_sample = 0;   ///< words nearest to the same sample, at target_hz, as one before
  double target_hz = 30;
  std::vector<SoundDelays> delays;
  EventAudit audit;
  bool has_words = false;  ///< whether words were looked for in words.tsv
  std::vector<RunTiming> timing;
  std::vector<std::string> notes;
};

/// `events` of the recording, of all kinds; `words` may be empty. Samples at target_hz are the
/// nearest, halves to even.
EventDescription describe_events(const RecordingEvents& events,
                                 const RawHeader& header,
                                 const Words& words,
                                 double target_hz = 30);

/// For a terminal.
std::string in_words(const EventDescription& description);
nlohmann::ordered_json as_json(const EventDescription& description);

}  // namespace lockstep
