#include "cli/inspect_recording.h"

#include "aligner/datasets/find_recordings.h"
#include "aligner/events/event_description.h"
#include "aligner/recordings/meg_file_recording.h"
#include "aligner/recordings/open_recording.h"
#include "aligner/recordings/recording_checks.h"
#include "aligner/recordings/recording_description.h"
#include "base/error.h"

namespace lockstep {
namespace {

/// Adds what the recording's events are: of the table beside it, or of its own markers.
void add_events(const std::filesystem::path& path,
                const RawRecording& recording,
                const InspectOptions& options,
                InspectedFile& inspected) {
  const RecordingFiles files = files_beside(path);
  if (files.events.empty() && recording.header().markers.empty()) return;
  const Words words = options.words.empty() ? Words() : read_words_folder(options.words);
  try {
    const RecordingEvents events = read_recording_events(files, recording, words, {.kinds = "all"});
    const EventDescription description = describe_events(events, recording.header(), words);
    inspected.words += in_words(description);
    inspected.json["events"] = as_json(description);
  } catch (const Error& error) {
    if (error.blame() != Blame::kData) throw;
    inspected.words += text("events\n  cannot be read: {}\n", error.what());
    inspected.json["events"] = {{"error", error.what()}};
    if (options.verify) {
      inspected.checks.push_back({"the table of events can be read", false, error.what()});
    }
  }
}

}  // namespace

std::string known_recordings() { return "a recording: " + recording_formats(); }

std::optional<InspectedFile> inspect_recording(const std::filesystem::path& path,
                                               const InspectOptions& options) {
  // What is called a recording and is none is refused with the reader's words.
  const std::filesystem::path trimmed = path.has_filename() ? path : path.parent_path();
  const bool is_called_one = trimmed.extension() == ".ds" || trimmed.extension() == ".fif";
  if (!looks_like_recording(path) && !is_called_one) return std::nullopt;
  // A meg.h5 is a file of ours; a recording inside is looked at if it is named.
  if (looks_like_meg_file(path) && std::filesystem::exists(path)) return std::nullopt;
  const auto recording = open_recording(
      path,
      {.system_clock = options.ignore_system_clock ? SystemClock::kIgnore : SystemClock::kTruncate,
       .max_shield = options.allow_max_shield ? MaxShield::kAllow : MaxShield::kRefuse});
  const RecordingDescription description =
      describe_recording(trimmed.filename().string(), *recording);
  InspectedFile inspected{in_words(description), as_json(description), {}};
  if (options.verify) inspected.checks = verify_recording(*recording);
  add_events(path, *recording, options, inspected);
  return inspected;
}

}  // namespace lockstep
