#pragma once

#include <filesystem>
#include <memory>

#include "aligner/recordings/open_recording.h"

namespace lockstep {

/// Whether the file begins as NumPy's .npy files do.
bool looks_like_npy(const std::filesystem::path& file);

/// Opens X.npy, an array time x channel of int16, int32, float32 or float64 (either byte order, C
/// order, format 1.0 to 3.0), with the table X.tsv that lies beside it: before its header the
/// comment "# rate_hz 250"; a row a channel, in order, with the column `name` and, where they are
/// known, `kind` (a word of meg.h5, "misc" without it), `unit`, `x`, `y`, `z` (metres) and `bad`
/// (0 or 1). Values are those of numpy.load (NumPy 2.4), bit for bit.
std::unique_ptr<RawRecording> open_npy(const std::filesystem::path& file,
                                       const OpenOptions& options);

}  // namespace lockstep
