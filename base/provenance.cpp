#include "base/provenance.h"

#include "base/json_file.h"
#include "base/sha256.h"

namespace lockstep {

nlohmann::json Provenance::to_json() const {
  nlohmann::json record = {
      {"label", label}, {"what", what}, {"options", options}, {"versions", versions}};
  if (!sha256.empty()) record["sha256"] = sha256;
  record["parents"] = nlohmann::json::array();
  for (const auto& parent : parents) record["parents"].push_back(parent.to_json());
  return record;
}

Provenance Provenance::from_json(const nlohmann::json& record, const std::string& where) {
  const JsonAt at(record, where);
  Provenance provenance;
  provenance.label = at["label"].text();
  provenance.what = at["what"].text();
  provenance.options = at["options"].value();
  provenance.versions = at["versions"].value();
  if (at.has("sha256")) provenance.sha256 = at["sha256"].text();
  const JsonAt parents = at["parents"];
  for (std::size_t k = 0; k < parents.size(); ++k) {
    provenance.parents.push_back(from_json(parents.at(k).value(), parents.at(k).where()));
  }
  return provenance;
}

Provenance as_parent(Provenance own, const std::filesystem::path& file) {
  own.label = file.filename().string();
  own.sha256 = sha256_of_file(file);
  return own;
}

}  // namespace lockstep
