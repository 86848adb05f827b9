#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// What tells the files of a recording from others without reading gigabytes: of each its name,
/// size and the SHA-256 of its first and last MiB (of all bytes where there are no more). Of a
/// folder all files in it, else the files of header.parts. Sorted by name; names without folders.
nlohmann::json source_files(const std::filesystem::path& recording, const RawHeader& header);

}  // namespace lockstep
