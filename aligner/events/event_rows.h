#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "aligner/events/event_options.h"
#include "aligner/recordings/raw_recording.h"
#include "base/schemas/meg_file.h"

namespace lockstep {

/// What a row of a table (a marker, a trigger) says, before words are looked for.
struct EventRow {
  EventKind kind = EventKind::kWord;
  std::string text;  ///< UTF-8
  int64_t run = -1;
  double onset_s = 0;
  double duration_s = 0;  ///< NaN if unknown
  int64_t source_row = -1;
};

/// All that a source of events says.
struct EventRows {
  std::string dialect;  ///< a name of event_dialects(), "own columns", "triggers"
  std::string source;   ///< "sub-001_events.tsv", "markers of the recording", "triggers of UPPT001"
  int64_t num_rows = 0;
  std::vector<EventRow> rows;               ///< in the order of the source
  std::map<std::string, int64_t> left_out;  ///< by kind of row: what is no event that is kept
  int64_t words_dropped = 0;                ///< words without onset or text
  std::vector<std::string> notes;
};

/// The events of a table.
EventRows read_event_table(const std::filesystem::path& path,
                           const EventOptions& options,
                           double rate_hz);
/// The recording's own markers (CTF's MarkerFile, FIF's annotations), read as a table with columns
/// onset, duration and trial_type; markers whose text is of no kind are triggers.
EventRows read_markers(const RawHeader& header, const EventOptions& options);
/// What the stimulus channels rise to, as mne.find_events finds it: "UPPT001 10".
EventRows read_triggers(const RawRecording& recording);

/// Adds offset_s and, by the table of options.run_starts, the start of each run to the onsets.
void shift_events(EventRows& events, const EventOptions& options);

/// The table of run_starts: run -> seconds of the recording.
std::map<int64_t, double> read_run_starts(const std::filesystem::path& path);

}  // namespace lockstep
