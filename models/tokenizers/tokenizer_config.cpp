#include "models/tokenizers/tokenizer_config.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/json_file.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {
namespace {

/// A file of the folder; null if it is not there.
nlohmann::json object_or_null(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return nullptr;
  nlohmann::json json = read_json_file(path);
  if (!json.is_object()) JsonAt(json, path.string()).refuse("an object");
  return json;
}

/// A token is a string, or an object with a content.
std::optional<std::string> token_text(const JsonAt& json, std::string_view key) {
  if (json.is_null() || !json.has(key) || json[key].is_null()) return std::nullopt;
  const JsonAt token = json[key];
  return token.value().is_object() ? token["content"].text() : token.text();
}

std::optional<bool> optional_flag(const JsonAt& json, std::string_view key) {
  if (!json.has(key) || json[key].is_null()) return std::nullopt;
  return json[key].boolean();
}

int32_t checked_id(int64_t id, const JsonAt& json) {
  if (id < 0 || id >= std::numeric_limits<int32_t>::max()) json.refuse("a token id from 0 on");
  return static_cast<int32_t>(id);
}

/// {"32000": {"content": "<pad>", ...}, ...}
std::vector<AddedToken> decoder_tokens(const JsonAt& json) {
  expect_object(json);
  std::vector<AddedToken> tokens;
  for (const auto& member : json.value().items()) {
    const JsonAt entry = json[member.key()];
    int64_t id = -1;
    const char* const end = member.key().data() + member.key().size();
    const auto [rest, error] = std::from_chars(member.key().data(), end, id);
    if (error != std::errc() || rest != end) {
      fail(Blame::kData, "{}: \"{}\"; token ids are wanted", json.where(), member.key());
    }
    expect_object(entry);
    tokens.push_back({.content = entry["content"].text(),
                      .id = checked_id(id, entry),
                      .single_word = flag_or(entry, "single_word", false),
                      .strips_left = flag_or(entry, "lstrip", false),
                      .strips_right = flag_or(entry, "rstrip", false),
                      .is_normalized = flag_or(entry, "normalized", false)});
  }
  return tokens;
}

/// {"<pad>": 32000, ...}
std::vector<AddedToken> listed_tokens(const JsonAt& json) {
  std::vector<AddedToken> tokens;
  if (json.is_null()) return tokens;
  for (const auto& member : json.value().items()) {
    const JsonAt id = json[member.key()];
    tokens.push_back({.content = member.key(), .id = checked_id(id.integer(), id)});
  }
  return tokens;
}

}  // namespace

TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder) {
  const auto read = [&](const char* name) { return object_or_null(folder / name); };
  const auto place = [&](const char* name) { return (folder / name).string() + ": "; };
  TokenizerConfig config;
  const nlohmann::json own = read("tokenizer_config.json");
  const JsonAt root(own, place("tokenizer_config.json"));
  bool says_bos = false;
  if (!root.is_null()) {
    says_bos = root.has("bos_token");
    config.tokenizer_class = optional_text(root, "tokenizer_class");
    config.bos_token = token_text(root, "bos_token");
    config.add_bos = optional_flag(root, "add_bos_token");
    config.add_eos = optional_flag(root, "add_eos_token");
    config.add_prefix_space = optional_flag(root, "add_prefix_space");
    config.legacy = optional_flag(root, "legacy");
    if (root.has("added_tokens_decoder")) {
      config.added = decoder_tokens(root["added_tokens_decoder"]);
    }
  }
  config.has_no_bos = says_bos && !config.bos_token;
  const nlohmann::json map = read("special_tokens_map.json");
  if (!says_bos)
    config.bos_token = token_text(JsonAt(map, place("special_tokens_map.json")), "bos_token");
  if (config.added.empty()) {
    const nlohmann::json added = read("added_tokens.json");
    config.added = listed_tokens(JsonAt(added, place("added_tokens.json")));
  }
  std::sort(config.added.begin(), config.added.end(), [](const AddedToken& a, const AddedToken& b) {
    return a.id < b.id;
  });
  const nlohmann::json model = read("config.json");
  const JsonAt model_root(model, place("config.json"));
  if (!model_root.is_null() && model_root.has("bos_token_id") &&
      model_root["bos_token_id"].value().is_number_integer()) {
    config.bos_id = model_root["bos_token_id"].integer();
  }
  return config;
}

}  // namespace lockstep
