#pragma once

#include <filesystem>
#include <memory>

#include "aligner/recordings/open_recording.h"

namespace lockstep {

/// HDF5 with the dataset /data and the channels' names as LibriBrain's files have them, continuous
/// or cut into epochs.
bool looks_like_libribrain(const std::filesystem::path& file);

/// Opens a continuous file of LibriBrain (pnpl 0.1, preprocessing/serialization.py): /data channels
/// x time, the attributes sample_frequency, highpass_cutoff, lowpass_cutoff, channel_names and
/// channel_types (joined by ", "). Times count from the first sample by the rate; /times, float32,
/// is not trusted: what it says differently is noted. Values are those of h5py, bit for bit. Throws
/// Error(kData) on epochs and on counts that do not agree.
std::unique_ptr<RawRecording> open_libribrain(const std::filesystem::path& file,
                                              const OpenOptions& options);

}  // namespace lockstep
