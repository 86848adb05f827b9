#include "models/tokenizers/tokenizer_json.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"
#include "base/sha256.h"
#include "models/tokenizers/byte_pair.h"
#include "models/tokenizers/json_component.h"
#include "models/tokenizers/post_processor.h"
#include "models/tokenizers/unigram.h"
#include "models/tokenizers/vocabulary.h"
#include "models/tokenizers/word_piece.h"

namespace lockstep {
namespace {

const nlohmann::json kNull;

JsonAt member_or_null(const JsonAt& json, const std::string& key) {
  if (json.has(key)) return json[key];
  return {kNull, json.where() + key};
}

// Files written before models had a type are recognised by their merges.
std::string model_type(const JsonAt& model) {
  if (!model.has("type") && model.has("merges")) return "BPE";
  return component_type(model);
}

constexpr const char* kModels = "BPE, WordPiece, Unigram, WordLevel";

Vocabulary read_model_vocabulary(const JsonAt& model) {
  const std::string type = model_type(model);
  if (type == "Unigram") return read_unigram_vocabulary(model["vocab"]);
  if (type == "BPE" || type == "WordPiece" || type == "WordLevel") {
    return read_vocabulary(model["vocab"]);
  }
  refuse_type(model, kModels);
}

std::unique_ptr<TokenModel> read_model(const JsonAt& model, Vocabulary vocabulary) {
  const std::string type = model_type(model);
  if (type == "BPE") return read_byte_pair(model, std::move(vocabulary));
  if (type == "WordPiece") return read_word_piece(model, std::move(vocabulary));
  if (type == "WordLevel") return read_word_level(model, std::move(vocabulary));
  if (type == "Unigram") return read_unigram(model);
  refuse_type(model, kModels);
}

std::optional<int32_t> bos_of(const Pipeline& parts,
                              const Vocabulary& vocabulary,
                              const std::optional<std::string>& bos_token) {
  if (bos_token) {
    for (const AddedToken& added : parts.added_tokens) {
      if (added.content == *bos_token) return added.id;
    }
    if (const auto id = vocabulary.find(*bos_token)) return id;
  }
  if (parts.prefix.size() == 1) return parts.prefix.front();
  return std::nullopt;
}

void check_prefix(const Pipeline& parts, const std::string& where) {
  for (const int32_t id : parts.prefix) {
    if (id >= parts.vocabulary_size) {
      fail(Blame::kData,
           "{}: post_processor: token id {}; an id below {} is wanted",
           where,
           id,
           parts.vocabulary_size);
    }
  }
}

// The bos_token of tokenizer_config.json: a string, or an object with a content.
std::optional<std::string> bos_token_of(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "tokenizer_config.json";
  if (!std::filesystem::exists(path)) return std::nullopt;
  const nlohmann::json config = read_json_file(path);
  const JsonAt root(config, path.string() + ": ");
  if (!config.is_object()) root.refuse("an object");
  if (!root.has("bos_token") || root["bos_token"].is_null()) return std::nullopt;
  const JsonAt token = root["bos_token"];
  return token.value().is_object() ? token["content"].text() : token.text();
}

}  // namespace

Pipeline read_tokenizer_json(std::string_view bytes,
                             const std::string& where,
                             const std::optional<std::string>& bos_token) {
  const nlohmann::json json = parse_json(bytes, where);
  if (!json.is_object()) fail(Blame::kData, "{}: not an object; a tokenizer.json is wanted", where);
  const JsonAt root(json, where + ": ");
  expect_keys(root,
              {"version",
               "truncation",
               "padding",
               "added_tokens",
               "normalizer",
               "pre_tokenizer",
               "post_processor",
               "decoder",
               "model"});
  const JsonAt model = root["model"];
  Vocabulary vocabulary = read_model_vocabulary(model);
  Pipeline parts;
  if (root.has("added_tokens")) {
    parts.added_tokens = read_added_tokens(root["added_tokens"], vocabulary);
  }
  parts.normalizer = read_normalizer(member_or_null(root, "normalizer"));
  parts.pre_tokenizer = read_pre_tokenizer(member_or_null(root, "pre_tokenizer"));
  parts.prefix = read_prefix(member_or_null(root, "post_processor"));
  parts.bos = bos_of(parts, vocabulary, bos_token);
  parts.vocabulary_size = vocabulary.num_ids();
  for (const AddedToken& added : parts.added_tokens) {
    parts.vocabulary_size = std::max(parts.vocabulary_size, int64_t{added.id} + 1);
  }
  check_prefix(parts, where);
  parts.model = read_model(model, std::move(vocabulary));
  return parts;
}

std::unique_ptr<Tokenizer> read_tokenizer_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "tokenizer.json";
  const std::string bytes = read_file(path);
  const std::optional<std::string> bos_token = bos_token_of(folder);
  Pipeline parts = read_tokenizer_json(bytes, path.string(), bos_token);
  Sha256 sha256;
  sha256.update(bytes);
  if (bos_token) {
    sha256.update(std::string_view("\0", 1));
    sha256.update(*bos_token);
  }
  parts.sha256 = sha256.hex();
  return assemble(std::move(parts));
}

}  // namespace lockstep
