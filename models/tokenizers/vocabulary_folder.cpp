// The folder is put into the form of a tokenizer.json, as transformers does when it saves one.
#include "models/tokenizers/vocabulary_folder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"
#include "base/sha256.h"
#include "models/tokenizers/gguf_pre_tokenizers.h"
#include "models/tokenizers/tokenizer_json.h"

namespace lockstep {
namespace {

constexpr const char* kEndOfText = "<|endoftext|>";

enum class TokenizerClass { kGpt2, kQwen2 };

// Those of transformers' TOKENIZER_MAPPING_NAMES (models/auto/tokenization_auto.py).
std::string class_of_model(const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  if (!std::filesystem::exists(path)) return "not named";
  const nlohmann::json config = read_json_file(path);
  const JsonAt root(config, path.string() + ": ");
  if (!config.is_object() || !root.has("model_type")) return "not named";
  const std::string type = root["model_type"].text();
  for (const char* const gpt2 : {"gpt2", "gpt_neo", "gptj", "opt", "phi"}) {
    if (type == gpt2) return "GPT2Tokenizer";
  }
  return type == "qwen2" ? "Qwen2Tokenizer" : text("that of model_type {}", type);
}

TokenizerClass class_of(const std::filesystem::path& folder, const TokenizerConfig& config) {
  const std::string name =
      config.tokenizer_class ? *config.tokenizer_class : class_of_model(folder);
  if (name == "GPT2Tokenizer" || name == "GPT2TokenizerFast") return TokenizerClass::kGpt2;
  if (name == "Qwen2Tokenizer" || name == "Qwen2TokenizerFast") return TokenizerClass::kQwen2;
  fail(Blame::kData,
       "{}: vocab.json and merges.txt of a tokenizer whose class is {}; GPT2Tokenizer, "
       "Qwen2Tokenizer or a tokenizer.json is wanted, which transformers writes: "
       "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)",
       folder,
       name);
}

std::vector<std::string> lines_of(const std::string& bytes) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const bool ends_in_return = end > begin && bytes[end - 1] == '\r';
    lines.push_back(bytes.substr(begin, end - begin - (ends_in_return ? 1 : 0)));
    begin = end + 1;
  }
  return lines;
}

nlohmann::json pre_tokenizer_of(TokenizerClass kind, bool adds_space) {
  nlohmann::json bytes = {{"type", "ByteLevel"},
                          {"add_prefix_space", adds_space},
                          {"use_regex", kind == TokenizerClass::kGpt2}};
  if (kind == TokenizerClass::kGpt2) return bytes;
  const std::string expression = gguf_pre_tokenizer("qwen2").expressions.front();
  const nlohmann::json split = {{"type", "Split"},
                                {"pattern", {{"Regex", expression}}},
                                {"behavior", "Isolated"},
                                {"invert", false}};
  return {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}};
}

// The end of text is added behind those that are named, if it is not among them.
nlohmann::json added_tokens_of(const TokenizerConfig& config, const nlohmann::json& vocabulary) {
  nlohmann::json added = nlohmann::json::array();
  std::size_t next = vocabulary.size();
  bool has_end = false;
  for (const AddedToken& token : config.added) {
    has_end = has_end || token.content == kEndOfText;
    next = std::max(next, static_cast<std::size_t>(token.id) + 1);
    added.push_back({{"id", token.id},
                     {"content", token.content},
                     {"single_word", token.single_word},
                     {"lstrip", token.strips_left},
                     {"rstrip", token.strips_right},
                     {"normalized", token.is_normalized}});
  }
  if (has_end) return added;
  const auto known = vocabulary.find(kEndOfText);
  const nlohmann::json id = known == vocabulary.end() ? nlohmann::json(next) : *known;
  added.push_back({{"id", id}, {"content", kEndOfText}, {"special", true}});
  return added;
}

}  // namespace

std::unique_ptr<Tokenizer> read_vocabulary_folder(const std::filesystem::path& folder) {
  TokenizerConfig config = read_tokenizer_config(folder);
  const TokenizerClass kind = class_of(folder, config);
  if (kind == TokenizerClass::kGpt2 && !config.bos_token && !config.has_no_bos) {
    config.bos_token = kEndOfText;
  }
  if (kind == TokenizerClass::kQwen2 && !config.bos_token) config.has_no_bos = true;
  const nlohmann::json vocabulary = read_json_file(folder / "vocab.json");
  if (!vocabulary.is_object()) {
    fail(
        Blame::kData, "{}: not an object; tokens with their ids are wanted", folder / "vocab.json");
  }
  const nlohmann::json whole = {
      {"version", "1.0"},
      {"added_tokens", added_tokens_of(config, vocabulary)},
      {"normalizer",
       kind == TokenizerClass::kQwen2 ? nlohmann::json{{"type", "NFC"}} : nlohmann::json()},
      {"pre_tokenizer", pre_tokenizer_of(kind, config.add_prefix_space.value_or(false))},
      {"model",
       {{"type", "BPE"},
        {"vocab", vocabulary},
        {"merges", lines_of(read_file(folder / "merges.txt"))}}}};
  const std::string bytes = whole.dump();
  const std::optional<bool> add_bos = std::exchange(config.add_bos, std::nullopt);
  Pipeline parts = read_tokenizer_json(bytes, folder.string(), config);
  if (add_bos.value_or(false)) {
    if (!parts.bos) {
      fail(Blame::kData,
           "{}: tokenizer_config.json: add_bos_token: true; the vocabulary has no such token",
           folder);
    }
    parts.prefix = {*parts.bos};
  }
  Sha256 sha256;
  sha256.update(bytes);
  if (parts.bos) sha256.update(std::string(1, '\0') + to_text(*parts.bos));
  sha256.update(parts.prefix.empty() ? "off" : "on");
  parts.sha256 = sha256.hex();
  return assemble(std::move(parts));
}

}  // namespace lockstep
