#pragma once

#include <filesystem>
#include <memory>

#include "aligner/recordings/open_recording.h"

namespace lockstep {

/// A folder that holds exactly one .res4 file with CTF's mark, or one of the folder's name.
bool looks_like_ctf(const std::filesystem::path& folder);

/// Opens X.ds: X.res4, X.meg4 with X.1_meg4, X.2_meg4, ..., and the text files beside them. Values
/// are those of mne.io.read_raw_ctf (MNE-Python 1.13), bit for bit. Marker onsets are seconds from
/// sample 0. Bad stretches come from bad.segments and from trials of the class BAD.
std::unique_ptr<RawRecording> open_ctf(const std::filesystem::path& folder,
                                       const OpenOptions& options);

}  // namespace lockstep
