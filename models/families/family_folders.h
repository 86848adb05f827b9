#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// The user's folders, best first: those given, then those of $LOCKSTEP_FAMILIES (separated by
/// colons); and the built-in one. Throws Error(kCommandLine) naming one that does not exist.
std::vector<std::filesystem::path> family_search_path(
    const std::vector<std::filesystem::path>& folders);

/// The first <folder>/<name>.jsonnet. A name that is not plain (letters, digits, "_", "-", ".") has
/// none: it comes from a checkpoint and must not lead out of the folders.
std::optional<std::filesystem::path> find_family(
    const std::vector<std::filesystem::path>& search_path, const std::string& name);

/// Names of all families in the folders, sorted.
std::vector<std::string> family_names(const std::vector<std::filesystem::path>& search_path);

/// What a family file's line "// Models: ..." says: published models that it is for. Empty without
/// such a line before the first line that is no comment.
std::string family_examples(const std::filesystem::path& family);

}  // namespace lockstep
