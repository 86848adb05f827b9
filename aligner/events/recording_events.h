#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"
#include "aligner/events/event_options.h"
#include "aligner/recordings/raw_recording.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// What became of the words of a recording.
struct EventAudit {
  int64_t rows = 0;           ///< of the table, or markers
  int64_t word_events = 0;    ///< of these say that a word was heard
  int64_t matched = 0;        ///< of these found in words.tsv
  int64_t unmatched = 0;      ///< word events without a row of words.tsv
  int64_t words_unheard = 0;  ///< rows of words.tsv in the recording's runs without an event
  int64_t dropped = 0;        ///< left out by a rule; `notes` says which
  int64_t outside = 0;        ///< before the first or after the last sample
  int64_t in_bad_stretch = 0;
  double drift_ms = 0;  ///< largest deviation, over runs, of onset minus words.tsv's onset from
                        ///< a constant
};

struct RecordingEvents {
  std::vector<WordEvent> events;  ///< by onset, then by row of the table
  EventAudit audit;
  std::vector<std::string> notes;  ///< one line each, with counts
};

/// Reads the events of a recording, by the mapping that `options` ask for or that is recognised,
/// and finds their words in `words`. Throws Error(kData) naming file, line and column.
RecordingEvents read_recording_events(const RecordingFiles& files,
                                      const RawRecording& recording,
                                      const Words& words,
                                      const EventOptions& options);

}  // namespace lockstep
