#include "models/tokenizers/gguf_tokenizer.h"

#include <limits>

#include "base/error.h"

namespace lockstep {
namespace {

std::string text_or_empty(const GgufFile& file, std::string_view key) {
  return std::string(file.find_text(key).value_or(""));
}

std::vector<std::string> texts_or_none(const GgufFile& file, std::string_view key) {
  std::vector<std::string> texts;
  if (!file.has(key)) return texts;
  for (const std::string_view text : file.texts(key)) texts.emplace_back(text);
  return texts;
}

std::vector<int32_t> types_of(const GgufFile& file) {
  constexpr std::string_view kKey = "tokenizer.ggml.token_type";
  std::vector<int32_t> types;
  if (!file.has(kKey)) return types;
  for (const int64_t type : file.integers(kKey)) {
    // What does not fit is no type either; make_gguf_tokenizer names it.
    const bool fits = type >= 0 && type <= std::numeric_limits<int32_t>::max();
    types.push_back(fits ? static_cast<int32_t>(type) : -1);
  }
  return types;
}

std::vector<float> scores_of(const GgufFile& file) {
  constexpr std::string_view kKey = "tokenizer.ggml.scores";
  std::vector<float> scores;
  if (!file.has(kKey)) return scores;
  for (const double score : file.numbers(kKey)) scores.push_back(static_cast<float>(score));
  return scores;
}

}  // namespace

GgufVocabulary read_gguf_vocabulary(const GgufFile& file) {
  GgufVocabulary gguf;
  gguf.huggingface_json = text_or_empty(file, "tokenizer.huggingface.json");
  gguf.model = text_or_empty(file, "tokenizer.ggml.model");
  const bool has_none = gguf.model.empty() || gguf.model == "none" || gguf.model == "no_vocab";
  if (gguf.huggingface_json.empty() && has_none) {
    fail(Blame::kData,
         "{}: tokenizer.ggml.model: {}; a file with a tokenizer is wanted",
         file.path(),
         gguf.model.empty() ? "missing" : gguf.model);
  }
  gguf.pre = text_or_empty(file, "tokenizer.ggml.pre");
  gguf.architecture = text_or_empty(file, "general.architecture");
  gguf.tokens = texts_or_none(file, "tokenizer.ggml.tokens");
  gguf.token_types = types_of(file);
  gguf.merges = texts_or_none(file, "tokenizer.ggml.merges");
  gguf.scores = scores_of(file);
  gguf.bos = file.find_integer("tokenizer.ggml.bos_token_id");
  gguf.eos = file.find_integer("tokenizer.ggml.eos_token_id");
  gguf.unk = file.find_integer("tokenizer.ggml.unknown_token_id");
  gguf.pad = file.find_integer("tokenizer.ggml.padding_token_id");
  gguf.add_bos = file.find_boolean("tokenizer.ggml.add_bos_token");
  gguf.add_eos = file.find_boolean("tokenizer.ggml.add_eos_token");
  gguf.add_space_prefix = file.find_boolean("tokenizer.ggml.add_space_prefix");
  return gguf;
}

}  // namespace lockstep
