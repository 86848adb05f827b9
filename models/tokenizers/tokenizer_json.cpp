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

// Files written before models had a type are recognised by their members, as the library does.
std::string model_type(const JsonAt& model) {
  expect_object(model);
  if (model.has("type")) return component_type(model);
  if (model.has("merges")) return "BPE";
  if (model.has("max_input_chars_per_word")) return "WordPiece";
  if (model["vocab"].value().is_array()) return "Unigram";
  return "WordLevel";
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

std::optional<int32_t> id_of(const std::string& token,
                             const std::vector<AddedToken>& added,
                             const Vocabulary& vocabulary) {
  const auto found = std::find_if(
      added.begin(), added.end(), [&](const AddedToken& other) { return other.content == token; });
  if (found != added.end()) return found->id;
  return vocabulary.find(token);
}

void set_bos(Pipeline& parts, const Vocabulary& vocabulary, const TokenizerConfig& config) {
  if (config.bos_token) {
    parts.bos = id_of(*config.bos_token, parts.added_tokens, vocabulary);
    if (!parts.bos) {
      parts.notes.push_back(
          text("the bos_token \"{}\" is not in the vocabulary", *config.bos_token));
    }
  }
  if (!parts.bos && parts.prefix.size() == 1) parts.bos = parts.prefix.front();
  if (parts.bos || config.bos_token || config.has_no_bos || !config.bos_id) return;
  // Many configs carry an id by default, of whatever token: only an added token is meant.
  for (const AddedToken& added : parts.added_tokens) {
    if (added.id == *config.bos_id) parts.bos = added.id;
  }
}

/// What a reader of the file would expect, and does not get.
void add_notes(Pipeline& parts, const JsonAt& root, const TokenizerConfig& config) {
  for (const char* const key : {"truncation", "padding"}) {
    if (root.has(key) && !root[key].is_null()) {
      parts.notes.push_back(text("the {} of tokenizer.json is not applied", key));
    }
  }
  if (config.add_bos && *config.add_bos == parts.prefix.empty()) {
    parts.notes.push_back(
        text("add_bos_token is {} in tokenizer_config.json, but the post-processor of "
             "tokenizer.json puts {} in front: --bos auto follows the latter, as transformers 5.23 "
             "does",
             *config.add_bos ? "true" : "false",
             parts.prefix.empty() ? "nothing" : "a token"));
  }
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

}  // namespace

Pipeline read_tokenizer_json(std::string_view bytes,
                             const std::string& where,
                             const TokenizerConfig& config) {
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
  parts.vocabulary = vocabulary.tokens();
  parts.vocabulary_size = vocabulary.num_ids();
  for (const AddedToken& added : parts.added_tokens) {
    parts.vocabulary_size = std::max(parts.vocabulary_size, int64_t{added.id} + 1);
  }
  check_prefix(parts, where);
  set_bos(parts, vocabulary, config);
  add_notes(parts, root, config);
  parts.model = read_model(model, std::move(vocabulary));
  return parts;
}

std::unique_ptr<Tokenizer> read_tokenizer_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "tokenizer.json";
  const std::string bytes = read_file(path);
  const TokenizerConfig config = read_tokenizer_config(folder);
  Pipeline parts = read_tokenizer_json(bytes, path.string(), config);
  Sha256 sha256;
  sha256.update(bytes);
  if (parts.bos) sha256.update(std::string(1, '\0') + to_text(*parts.bos));
  parts.sha256 = sha256.hex();
  return assemble(std::move(parts));
}

}  // namespace lockstep
