// config.json through its family file to a typed spec.
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/jsonnet_file.h"
#include "models/families/config_json.h"
#include "models/families/family_folders.h"
#include "models/families/spec.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

std::string model_type_of(const nlohmann::json& config, const std::string& where) {
  if (!config.is_object()) fail(Blame::kData, "{}: not a JSON object", where);
  const auto found = config.find("model_type");
  if (found == config.end())
    fail(Blame::kData, "{}: model_type: missing; the name of a family is wanted", where);
  if (!found->is_string())
    fail(Blame::kData, "{}: model_type: {}; a string is wanted", where, found->dump());
  return found->get<std::string>();
}

/// A long value (a table of labels) is cut.
std::string shown(const nlohmann::json& value) {
  constexpr std::size_t kMost = 60;
  const std::string whole = value.dump(-1, ' ', true);
  return whole.size() <= kMost ? whole : text("{}...", whole.substr(0, kMost - 3));
}

/// Known keys of a configuration: a path (a.b) is a key inside an object, of which every key must
/// then be known.
using KnownKeys = std::set<std::string>;

bool has_paths_below(const KnownKeys& known, const std::string& path) {
  const auto next = known.lower_bound(path + ".");
  return next != known.end() && next->starts_with(path + ".");
}

/// Of an object whose keys' paths begin with `prefix`.
std::vector<std::string> unknown_in(const nlohmann::json& object,
                                    const std::string& prefix,
                                    const KnownKeys& known) {
  std::vector<std::string> unknown;
  for (const auto& [key, value] : object.items()) {
    const std::string path = prefix + key;
    if (!known.contains(path)) {
      unknown.push_back(text("{} = {}", path, shown(value)));
    } else if (value.is_object() && has_paths_below(known, path)) {
      const std::vector<std::string> inside = unknown_in(value, path + ".", known);
      unknown.insert(unknown.end(), inside.begin(), inside.end());
    }
  }
  return unknown;
}

/// Keys of the configuration that the family neither reads nor ignores. Beside the object that it
/// reads they are known by a slash before them.
std::vector<std::string> unknown_keys(const nlohmann::json& config,
                                      const nlohmann::json& spec,
                                      const std::string& where) {
  const std::string root = spec.at("config_root").get<std::string>();
  if (!root.empty() && !config.contains(root)) {
    fail(Blame::kData,
         "{}: config_root: \"{}\"; a key of config.json, or \"\", is wanted",
         where,
         root);
  }
  const auto known = spec.at("known_keys").get<KnownKeys>();
  auto unknown = unknown_in(root.empty() ? config : config.at(root), "", known);
  if (root.empty()) return unknown;
  for (const auto& [key, value] : config.items()) {
    if (key == root || known.contains("/" + key)) continue;
    unknown.push_back(text("{} (beside {}) = {}", key, root, shown(value)));
  }
  return unknown;
}

}  // namespace

ModelSpec resolve_family(const nlohmann::json& config,
                         const std::vector<fs::path>& folders,
                         const std::string& where) {
  const std::string model_type = model_type_of(config, where);
  const std::vector<fs::path> search_path = family_search_path(folders);
  const std::optional<fs::path> file = find_family(search_path, model_type);
  if (!file) {
    fail(Blame::kData,
         "{}: model_type {} is not supported; supported are {}; or put {}.jsonnet into a folder "
         "given by --families",
         where,
         nlohmann::json(model_type).dump(),
         join(family_names(search_path), ", "),
         model_type);
  }
  const FiniteConfig finite = without_infinities(config, where);
  // The built-in folder's parent, too: a replacement of ours imports its namesake as
  // families/<name>.jsonnet.
  std::vector<fs::path> imports = search_path;
  imports.push_back(search_path.back().parent_path());
  const nlohmann::json resolved = evaluate_jsonnet(*file, imports, {{"config", finite.value}});
  ModelSpec spec = compile_spec(resolved, model_type, file->string());
  spec.unknown_keys = unknown_keys(finite.value, resolved, file->string());
  spec.infinite_keys = finite.infinite;
  return spec;
}

}  // namespace lockstep
