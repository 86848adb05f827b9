#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aligner/datasets/recording_files.h"
#include "aligner/events/event_options.h"
#include "aligner/events/event_rows.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Word events that no table tells, made from words.tsv.
struct EventsFromWords {
  std::vector<EventRow> rows;
  std::vector<int64_t> word;  ///< row of words.tsv, for each
  std::vector<std::string> notes;
};

/// Word events where it is known when a run began: by options.run_starts, or by the trigger Beg of
/// SMN4Lang. A run's words are the story or block of its number ("story_12" is run 12's), or all of
/// words.tsv if that is one story in one block. An event lies at the run's start + the row's onset.
/// In SMN4Lang 10.65 s are taken off if the run's first word lies later than that: the published
/// times begin with the scanner of the fMRI, 10.65 s before the sound (README of ds004078).
EventsFromWords events_from_words(const RecordingFiles& files,
                                  const EventRows& told,
                                  const Words& words,
                                  const EventOptions& options);

}  // namespace lockstep
