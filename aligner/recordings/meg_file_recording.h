#pragma once

#include <filesystem>
#include <memory>

#include "aligner/recordings/open_recording.h"

namespace lockstep {

/// Whether it is a meg.h5 of lockstep; `file` may name a recording inside:
/// "meg.h5::sub-001_ses-001".
bool looks_like_meg_file(const std::filesystem::path& file);

/// Opens the recording of a meg.h5 that is named after "::", or the only one. Values are in
/// the sensors' units (stored * scale + centre); its valid segments are the recording's, its
/// sensors the channels, bad where they are bad in that recording. Throws Error(kData) naming the
/// recordings there are unless one is meant.
std::unique_ptr<RawRecording> open_meg_file(const std::filesystem::path& file,
                                            const OpenOptions& options);

}  // namespace lockstep
