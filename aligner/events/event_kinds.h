#pragma once

#include <set>
#include <string>

#include "base/schemas/meg_file.h"

namespace lockstep {

/// "words", "phonemes", "pauses", "sounds", "triggers", "repeats".
const char* name_of(EventKind kind);

/// The kinds in a list with commas: word, phoneme, silence, sound, trigger, repeat; or all. Throws
/// Error(kCommandLine).
std::set<EventKind> parse_event_kinds(const std::string& kinds);

}  // namespace lockstep
