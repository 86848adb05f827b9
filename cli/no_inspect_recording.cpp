// Built without alignment, lockstep reads no recordings.
#include "cli/inspect_recording.h"

namespace lockstep {

std::string known_recordings() { return {}; }

std::optional<InspectedFile> inspect_recording(const std::filesystem::path&,
                                               const InspectOptions&) {
  return std::nullopt;
}

}  // namespace lockstep
