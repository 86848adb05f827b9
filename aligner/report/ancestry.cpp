#include "aligner/report/ancestry.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

void collect_versions(const Provenance& provenance,
                      std::map<std::string, std::vector<std::string>>& versions) {
  for (const auto& [library, version] : provenance.versions.items()) {
    const std::string value = version.is_string() ? version.get<std::string>() : version.dump();
    auto& known = versions[library];
    if (std::find(known.begin(), known.end(), value) == known.end()) known.push_back(value);
  }
  for (const Provenance& parent : provenance.parents) collect_versions(parent, versions);
}

}  // namespace

Provenance report_provenance(const std::vector<ScoresInput>& inputs,
                             const AnalysisOptions& options) {
  Provenance report;
  report.label = "report";
  report.what = "lockstep report";
  report.options = {{"peak_window", {options.peak.begin_s, options.peak.end_s}},
                    {"threshold", options.peak.threshold},
                    {"level", options.level},
                    {"null_level", options.null_level},
                    {"draws", options.num_draws},
                    {"seed", options.seed}};
  report.versions = {{"lockstep", LOCKSTEP_VERSION}};
  for (const ScoresInput& input : inputs) {
    report.parents.push_back(as_parent(input.header().provenance, input.path));
  }
  return report;
}

Json provenance_data(const Provenance& provenance) {
  Json record = {{"label", provenance.label}, {"what", provenance.what}};
  if (!provenance.sha256.empty()) record["sha256"] = provenance.sha256;
  if (provenance.parents.empty()) return record;
  record["parents"] = Json::array();
  for (const Provenance& parent : provenance.parents) {
    record["parents"].push_back(provenance_data(parent));
  }
  return record;
}

Json versions_data(const Provenance& provenance) {
  std::map<std::string, std::vector<std::string>> versions;
  collect_versions(provenance, versions);
  Json data = Json::object();
  data["lockstep"] = join(versions["lockstep"], ", ");
  for (const auto& [library, values] : versions) data[library] = join(values, ", ");
  return data;
}

nlohmann::json option_of(const Provenance& provenance,
                         std::string_view command,
                         std::initializer_list<const char*> keys) {
  if (provenance.what.starts_with("lockstep " + std::string(command))) {
    for (const char* key : keys) {
      if (provenance.options.is_object() && provenance.options.contains(key)) {
        return provenance.options[key];
      }
    }
  }
  for (const Provenance& parent : provenance.parents) {
    nlohmann::json found = option_of(parent, command, keys);
    if (!found.is_null()) return found;
  }
  return nullptr;
}

}  // namespace lockstep
