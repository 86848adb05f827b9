#include "models/tokenizers/gguf_vocabulary.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "models/tokenizers/byte_pair.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/gguf_pre_tokenizers.h"
#include "models/tokenizers/pipeline.h"
#include "models/tokenizers/tokenizer_json.h"

namespace lockstep {
namespace {

// tokenizer.ggml.token_type
enum class TokenType : int32_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6,
};

constexpr std::string_view kMetaspace = "\xE2\x96\x81";  // U+2581

TokenType type_of(const GgufVocabulary& gguf, std::size_t id) {
  return gguf.token_types.empty() ? TokenType::kNormal : TokenType{gguf.token_types[id]};
}

void check(const GgufVocabulary& gguf) {
  const std::size_t num_tokens = gguf.tokens.size();
  if (num_tokens == 0) fail(Blame::kData, "tokenizer.ggml.tokens: empty; tokens are wanted");
  if (!gguf.token_types.empty() && gguf.token_types.size() != num_tokens) {
    fail(Blame::kData,
         "tokenizer.ggml.token_type: {} entries; {}, one a token, are wanted",
         gguf.token_types.size(),
         num_tokens);
  }
  for (std::size_t id = 0; id < gguf.token_types.size(); ++id) {
    const int32_t type = gguf.token_types[id];
    if (type < 1 || type > 6) {
      fail(Blame::kData, "tokenizer.ggml.token_type[{}]: {}; 1 to 6 is wanted", id, type);
    }
  }
  for (std::size_t id = 0; id < num_tokens; ++id) {
    from_utf8(gguf.tokens[id], text("tokenizer.ggml.tokens[{}]", id));
  }
  for (std::size_t rank = 0; rank < gguf.merges.size(); ++rank) {
    from_utf8(gguf.merges[rank], text("tokenizer.ggml.merges[{}]", rank));
  }
}

int32_t checked_id(const GgufVocabulary& gguf, int64_t id, std::string_view key) {
  if (id < 0 || id >= static_cast<int64_t>(gguf.tokens.size())) {
    fail(Blame::kData,
         "tokenizer.ggml.{}: {}; an id below {} is wanted",
         key,
         id,
         gguf.tokens.size());
  }
  return static_cast<int32_t>(id);
}

Vocabulary vocabulary_of(const GgufVocabulary& gguf) {
  Vocabulary vocabulary;
  vocabulary.reserve(gguf.tokens.size());
  for (std::size_t id = 0; id < gguf.tokens.size(); ++id) {
    if (type_of(gguf, id) == TokenType::kUnused) continue;
    vocabulary.add(gguf.tokens[id], static_cast<int32_t>(id));
  }
  return vocabulary;
}

std::vector<AddedToken> added_tokens_of(const GgufVocabulary& gguf) {
  std::vector<AddedToken> added;
  for (std::size_t id = 0; id < gguf.tokens.size(); ++id) {
    const TokenType type = type_of(gguf, id);
    if (type == TokenType::kControl || type == TokenType::kUserDefined ||
        type == TokenType::kUnknown) {
      added.push_back({.content = gguf.tokens[id], .id = static_cast<int32_t>(id)});
    }
  }
  return added;
}

// Tokenizers that compose characters, by the normalizer of their tokenizer.json; DeepSeek's
// distilled Qwen models carry DeepSeek's tokenizer, which does not.
bool composes_characters(const GgufVocabulary& gguf) {
  constexpr std::array kComposing = {"qwen2",
                                     "qwen2moe",
                                     "qwen2vl",
                                     "qwen3",
                                     "qwen3moe",
                                     "qwen3vl",
                                     "qwen3vlmoe",
                                     "qwen3next",
                                     "qwen35",
                                     "qwen35moe",
                                     "gptneox",
                                     "mamba",
                                     "mamba2"};
  if (gguf.pre == "deepseek-r1-qwen" || gguf.pre == "tekken") return false;
  return gguf.pre == "modern-bert" ||
         std::find(kComposing.begin(), kComposing.end(), gguf.architecture) != kComposing.end();
}

void set_bos(Pipeline& parts, std::optional<int32_t> bos, bool is_added) {
  parts.bos = bos;
  if (is_added && bos) parts.prefix = {*bos};
}

Pipeline byte_level_parts(const GgufVocabulary& gguf) {
  if (gguf.merges.empty()) fail(Blame::kData, "tokenizer.ggml.merges: missing; merges are wanted");
  const GgufPreTokenizer rule = gguf_pre_tokenizer(gguf.pre);
  Vocabulary vocabulary = vocabulary_of(gguf);
  const std::vector<Merge> merges =
      merges_in_order(gguf.merges, vocabulary, "tokenizer.ggml.merges");
  Pipeline parts;
  parts.normalizer =
      composes_characters(gguf) ? unicode_form(UnicodeForm::kNfc) : normalizers_in_order({});
  parts.pre_tokenizer =
      byte_level_after(rule.expressions, text("tokenizer.ggml.pre: {}", gguf.pre));
  parts.vocabulary = vocabulary.tokens();
  parts.model =
      byte_pair_model(std::move(vocabulary), merges, {.ignores_merges = rule.ignores_merges});
  std::optional<int32_t> bos;
  if (gguf.bos) bos = checked_id(gguf, *gguf.bos, "bos_token_id");
  const bool is_added = gguf.add_bos.value_or(rule.adds_bos);
  if (is_added && !bos) {
    fail(Blame::kData, "tokenizer.ggml.bos_token_id: missing; the file adds this token");
  }
  set_bos(parts, bos, is_added);
  return parts;
}

// A normal token may come of any two tokens that spell it.
std::vector<Merge> merges_by_score(const GgufVocabulary& gguf, const Vocabulary& vocabulary) {
  std::vector<float> levels = gguf.scores;
  std::sort(levels.begin(), levels.end(), std::greater<>());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  std::vector<Merge> merges;
  for (std::size_t id = 0; id < gguf.tokens.size(); ++id) {
    const TokenType type = type_of(gguf, id);
    if (type != TokenType::kNormal && type != TokenType::kUserDefined) continue;
    const std::string_view token = gguf.tokens[id];
    const auto level =
        std::lower_bound(levels.begin(), levels.end(), gguf.scores[id], std::greater<>());
    const auto rank = static_cast<uint32_t>(level - levels.begin());
    for (std::size_t at = 0; at < token.size();) {
      at += code_point_at(token, at).size;
      if (at == token.size()) break;
      const auto left = vocabulary.find(token.substr(0, at));
      const auto right = vocabulary.find(token.substr(at));
      if (left && right) merges.push_back({*left, *right, static_cast<int32_t>(id), rank});
    }
  }
  return merges;
}

Pipeline sentencepiece_parts(const GgufVocabulary& gguf) {
  if (gguf.scores.size() != gguf.tokens.size()) {
    fail(Blame::kData,
         "tokenizer.ggml.scores: {} entries; {}, one a token, are wanted",
         gguf.scores.size(),
         gguf.tokens.size());
  }
  for (std::size_t id = 0; id < gguf.scores.size(); ++id) {
    if (gguf.scores[id] != gguf.scores[id]) {
      fail(Blame::kData, "tokenizer.ggml.scores[{}]: nan; a number is wanted", id);
    }
  }
  Vocabulary vocabulary = vocabulary_of(gguf);
  const std::vector<Merge> merges = merges_by_score(gguf, vocabulary);
  Pipeline parts;
  std::vector<std::unique_ptr<Normalizer>> steps;
  if (gguf.add_space_prefix.value_or(true)) steps.push_back(prepending(std::string(kMetaspace)));
  steps.push_back(replacing(" ", std::string(kMetaspace)));
  parts.normalizer = normalizers_in_order(std::move(steps));
  parts.pre_tokenizer = whole_text();
  const int32_t unknown = checked_id(gguf, gguf.unk.value_or(0), "unknown_token_id");
  parts.vocabulary = vocabulary.tokens();
  parts.model = byte_pair_model(std::move(vocabulary),
                                merges,
                                {.unknown_token = gguf.tokens[static_cast<std::size_t>(unknown)],
                                 .fuses_unknown = true,
                                 .falls_back_to_bytes = true});
  set_bos(
      parts, checked_id(gguf, gguf.bos.value_or(1), "bos_token_id"), gguf.add_bos.value_or(true));
  return parts;
}

Pipeline huggingface_parts(const GgufVocabulary& gguf) {
  Pipeline parts = read_tokenizer_json(gguf.huggingface_json, "tokenizer.huggingface.json", {});
  if (gguf.bos) parts.bos = checked_id(gguf, *gguf.bos, "bos_token_id");
  if (gguf.add_bos && parts.bos) {
    parts.prefix.clear();
    if (*gguf.add_bos) parts.prefix = {*parts.bos};
  }
  return parts;
}

Pipeline parts_of(const GgufVocabulary& gguf) {
  if (!gguf.huggingface_json.empty()) return huggingface_parts(gguf);
  check(gguf);
  Pipeline parts;
  if (gguf.model == "gpt2") {
    parts = byte_level_parts(gguf);
  } else if (gguf.model == "llama") {
    parts = sentencepiece_parts(gguf);
  } else {
    fail(Blame::kData, "tokenizer.ggml.model: \"{}\"; one of gpt2, llama is supported", gguf.model);
  }
  parts.added_tokens = added_tokens_of(gguf);
  parts.vocabulary_size = static_cast<int64_t>(gguf.tokens.size());
  return parts;
}

// Feeds fields to a hash so that no two different vocabularies give the same bytes.
class FieldHash {
 public:
  void add(std::string_view field) {
    sha256_.update(text("{}:", field.size()));
    sha256_.update(field);
  }
  template <class Value>
  void add(const std::optional<Value>& field) {
    add(field ? to_text(*field) : std::string("none"));
  }
  template <class Value>
  void add(const std::vector<Value>& fields) {
    add(to_text(fields.size()));
    for (const Value& field : fields) add(std::string_view(to_text(field)));
  }
  std::string hex() { return sha256_.hex(); }

 private:
  Sha256 sha256_;
};

std::string sha256_of_vocabulary(const GgufVocabulary& gguf) {
  FieldHash hash;
  hash.add(gguf.model);
  hash.add(gguf.pre);
  hash.add(gguf.architecture);
  hash.add(gguf.tokens);
  hash.add(gguf.token_types);
  hash.add(gguf.merges);
  hash.add(gguf.scores);
  hash.add(gguf.bos);
  hash.add(gguf.unk);
  hash.add(gguf.add_bos);
  hash.add(gguf.add_space_prefix);
  hash.add(gguf.huggingface_json);
  return hash.hex();
}

}  // namespace

std::unique_ptr<Tokenizer> make_gguf_tokenizer(const GgufVocabulary& vocabulary) {
  Pipeline parts = parts_of(vocabulary);
  parts.sha256 = sha256_of_vocabulary(vocabulary);
  return assemble(std::move(parts));
}

}  // namespace lockstep
