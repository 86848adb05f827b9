#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/inspection/file_kinds.h"
#include "base/provenance.h"

namespace lockstep {

/// Something worth knowing: {"layers", "block 3 (0.10), block 6 (0.20)"}.
struct Fact {
  std::string what;
  std::string value;
};

struct FileFacts {
  std::string summary;  ///< one sentence: what the file holds
  std::vector<Fact> facts;
  Provenance provenance;
};

/// Reads the file with its own reader, which checks its layout.
FileFacts facts_of(const std::filesystem::path& path, FileKind kind);

/// At most `most` of the items, "..." and the last for the rest.
std::string shortened(const std::vector<std::string>& items, std::size_t most = 12);

}  // namespace lockstep
