#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lockstep {

/// Where a file came from: what made it, with which options, out of which files, all the way back.
/// As JSON: {"label", "what", "options", "versions", "sha256" (of the file; absent in the file
/// itself), "parents"}. Holds no clock, no host name and no path: equal work gives equal bytes.
struct Provenance {
  std::string label;  ///< what a reader calls it: "activations.h5", "SmolLM2-135M"
  std::string what;   ///< "lockstep extract --context 1,10,50"
  nlohmann::json options = nlohmann::json::object();   ///< everything that determined the result
  nlohmann::json versions = nlohmann::json::object();  ///< library -> version
  std::string sha256;  ///< of the file's bytes; empty for the file that carries this record
  std::vector<Provenance> parents;

  nlohmann::json to_json() const;
  static Provenance from_json(const nlohmann::json& record, const std::string& where);
};

/// The record of an input: the one it carries, with its label and the SHA-256 of its bytes filled
/// in.
Provenance as_parent(Provenance own, const std::filesystem::path& file);

}  // namespace lockstep
