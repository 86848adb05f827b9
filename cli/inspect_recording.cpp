#include "cli/inspect_recording.h"

#include "aligner/recordings/meg_file_recording.h"
#include "aligner/recordings/open_recording.h"
#include "aligner/recordings/recording_checks.h"
#include "aligner/recordings/recording_description.h"

namespace lockstep {

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
  return inspected;
}

}  // namespace lockstep
