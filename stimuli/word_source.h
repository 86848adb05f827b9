#pragma once

#include <filesystem>

#include "base/schemas/words_file.h"

namespace lockstep {

/// The words that a command is given: a folder written by `lockstep words` (or the words.tsv inside
/// it), or a plain UTF-8 text file. Of a text, every word is a row: the story is the file's stem,
/// the block "1", the times unknown; spans, sentences and word classes are filled in. Throws
/// Error(kData) if there is no such file, or with what is wrong in it.
Words load_words(const std::filesystem::path& path);

}  // namespace lockstep
