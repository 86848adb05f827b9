#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"
#include "aligner/events/event_matching.h"
#include "aligner/events/event_options.h"
#include "aligner/events/run_timing.h"
#include "aligner/recordings/raw_recording.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// What became of the words of a recording.
struct EventAudit {
  int64_t rows = 0;            ///< of the table, or markers, or triggers
  int64_t word_events = 0;     ///< of these say that a word was heard, and when
  int64_t matched = 0;         ///< of these found in words.tsv
  int64_t unmatched = 0;       ///< word events without a row of words.tsv
  int64_t words_unheard = 0;   ///< rows of words.tsv in the recording's runs without an event
  int64_t dropped = 0;         ///< left out by a rule; `notes` says which
  int64_t outside = 0;         ///< words before the first or after the last sample
  int64_t in_bad_stretch = 0;  ///< words in what the recording calls bad, or the device skipped
  double drift_ms = 0;  ///< largest deviation, over runs, of onset minus words.tsv's onset from
                        ///< a constant
};

struct RecordingEvents {
  std::vector<WordEvent> events;  ///< by onset, then by row of the table
  EventAudit audit;
  std::vector<std::string> notes;         ///< one line each, with counts
  std::string dialect;                    ///< of event_dialects(), "own columns" or "triggers"
  std::string source;                     ///< "sub-001_events.tsv", "markers of the recording", ...
  std::vector<MatchedStretch> stretches;  ///< where in words.tsv the words are
  std::vector<RunTiming> timing;          ///< of the runs whose rows have times
};

/// Reads the events of a recording, by the mapping that `options` ask for or that is recognised,
/// and finds their words in `words`: the table beside it, else its own markers, else its triggers.
/// Without a table of words those of words.tsv are put after the run's start, where that is known
/// (options.run_starts; SMN4Lang's trigger Beg). Throws Error(kData) naming file, line and column,
/// Error(kCommandLine) if an option cannot be read.
RecordingEvents read_recording_events(const RecordingFiles& files,
                                      const RawRecording& recording,
                                      const Words& words,
                                      const EventOptions& options);

}  // namespace lockstep
