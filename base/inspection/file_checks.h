#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// Something that was checked of a file.
struct Check {
  std::string what;  ///< "activations are finite where their context is available"
  bool passed = false;
  std::string found;  ///< with numbers
};

/// Reads all of the file and checks what can be checked: values finite where they must be, sums and
/// counts that agree with each other, checksums. `ancestors` are files or folders that it was made
/// from: each must be one that its provenance names, with the same SHA-256. Throws Error(kData) if
/// the file cannot be read at all.
std::vector<Check> verify_file(const std::filesystem::path& path,
                               const std::vector<std::filesystem::path>& ancestors);

}  // namespace lockstep
