#pragma once

#include <filesystem>
#include <string>

#include "aligner/datasets/recording_name.h"

namespace lockstep {

/// What a recording's ending tells.
struct RecordingKind {
  const char* format;     ///< of --format
  const char* extension;  ///< ".ds"
  bool tells_by_name;  ///< whether the ending alone says that it is a recording; else a search asks
                       ///< its content
};

/// Nothing if no recording has that ending.
const RecordingKind* kind_of_recording(const std::filesystem::path& path);

/// Throws Error(kCommandLine) naming the formats, unless `format` is one or empty.
void check_recording_format(const std::string& format);

/// FIF files that are no continuous recording, by MNE's rules for names.
bool is_other_fif(const std::string& stem);

/// Whether a name says that nobody sat in the scanner.
bool says_empty_room(const RecordingName& name);

/// "raw" of "raw-1", which continues it; empty if the name is of no continuation.
std::string begun_by(const std::string& stem);

}  // namespace lockstep
