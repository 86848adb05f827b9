#pragma once

#include <filesystem>
#include <string_view>

#include "stimuli/transcript.h"

namespace lockstep {

/// Whether bytes begin like a Praat TextGrid, in UTF-8 or UTF-16.
bool is_text_grid(std::string_view bytes);

/// The words of a Praat TextGrid (Praat manual, "TextGrid file formats"): text files in the long
/// and the short form, in UTF-8, or in UTF-16 with a byte order mark. The words are the intervals
/// of the tier called "words" or "word", or whose name ends so ("Reader - words"), or of the only
/// interval tier. Empty intervals and pauses are left out and counted. Throws Error(kData): binary
/// files, truncated ones, no such tier or several.
Transcript read_text_grid(std::string_view bytes, const std::filesystem::path& path);

}  // namespace lockstep
