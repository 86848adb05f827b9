#pragma once

#include <filesystem>
#include <string>

namespace lockstep {

enum class FileKind { kWords, kFolds, kActivations, kTargets, kMeg, kScores };

/// "words", "folds", ...
std::string name_of(FileKind kind);

/// What a file or folder of ours is, by its contents: a folder with words.tsv, the comment that
/// begins a table, the attribute `layout` of an HDF5 file. Throws Error(kData) saying what was
/// found and what was looked for, `others` included: what else the caller reads.
FileKind recognise_file(const std::filesystem::path& path, const std::string& others = {});

}  // namespace lockstep
