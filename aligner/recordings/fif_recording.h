#pragma once

#include <filesystem>
#include <memory>

#include "aligner/recordings/fif_tags.h"
#include "aligner/recordings/open_recording.h"

namespace lockstep {

/// Opens a raw FIF file with all files that continue it. Values are those of mne.io.read_raw_fif
/// (MNE-Python 1.13), bit for bit: 16- and 32-bit integers, float32 and float64; samples that the
/// device skipped are 0, lie between segments and are bad stretches "BAD_ACQ_SKIP". Throws
/// Error(kData) on complex data, on epochs, on a continuation that is not there or does not match,
/// and on MaxShield unless that is allowed.
std::unique_ptr<RawRecording> open_fif(const std::filesystem::path& file,
                                       const OpenOptions& options);

}  // namespace lockstep
