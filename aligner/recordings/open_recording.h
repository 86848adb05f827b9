#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// What to do with the clock channel of CTF recordings, which an aborted acquisition leaves at 0.
enum class SystemClock { kTruncate, kIgnore };
/// What to do with recordings whose interference was compensated while recording (MEGIN's MaxShield
/// or internal active shielding): unusable before signal-space separation.
enum class MaxShield { kRefuse, kAllow };

struct OpenOptions {
  SystemClock system_clock = SystemClock::kTruncate;
  MaxShield max_shield = MaxShield::kRefuse;
};

/// The formats there are, for messages: "a CTF folder (.ds), FIF, ... or ...".
std::string recording_formats();

/// Whether what lies there looks like a recording of a format that lockstep reads, by its content.
bool looks_like_recording(const std::filesystem::path& path);

/// Opens a recording of whichever format it is. Throws Error(kData) naming what was found and the
/// formats there are, or what is wrong inside.
std::unique_ptr<RawRecording> open_recording(const std::filesystem::path& path,
                                             const OpenOptions& options = {});

}  // namespace lockstep
