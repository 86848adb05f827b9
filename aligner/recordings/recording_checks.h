#pragma once

#include <vector>

#include "aligner/recordings/raw_recording.h"
#include "base/inspection/file_checks.h"

namespace lockstep {

/// Reads every sample and checks: values finite, and no MEG sensor that counts as good constant or
/// equal to another.
std::vector<Check> verify_recording(const RawRecording& recording);

}  // namespace lockstep
