// Which tokenizer a checkpoint has. Files of tokenizers beside a GGUF file are preferred to what it
// says: they were put there for that.
#include "base/error.h"
#include "base/files.h"
#include "models/tokenizers/gguf_tokenizer.h"
#include "models/tokenizers/sentencepiece_tokenizer.h"
#include "models/tokenizers/tokenizer.h"
#include "models/tokenizers/tokenizer_json.h"
#include "models/tokenizers/vocabulary_folder.h"
#include "models/weights/checkpoint.h"

namespace lockstep {
namespace {

std::unique_ptr<Tokenizer> tokenizer_of_gguf(const std::filesystem::path& path) {
  const GgufVocabulary vocabulary = read_gguf_vocabulary(GgufFile(path));
  try {
    return make_gguf_tokenizer(vocabulary);
  } catch (const Error& error) {
    throw Error(error.blame(), text("{}: {}", path, error.what()));
  }
}

std::unique_ptr<Tokenizer> tokenizer_of_sentencepiece(const std::filesystem::path& folder) {
  const auto path = folder / "tokenizer.model";
  return sentencepiece_tokenizer(read_file(path), path.string(), read_tokenizer_config(folder));
}

// What there is instead of a tokenizer that is read.
std::string other_vocabularies(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  for (const char* const name : {"vocab.txt",
                                 "spiece.model",
                                 "sentencepiece.bpe.model",
                                 "tekken.json",
                                 "vocab.json",
                                 "rwkv_vocab_v20230424.txt"}) {
    if (std::filesystem::exists(folder / name)) found.emplace_back(name);
  }
  return found.empty() ? "" : text(", only {}", join(found, ", "));
}

}  // namespace

std::unique_ptr<Tokenizer> open_tokenizer(const std::filesystem::path& checkpoint) {
  const auto has = [&](const char* name) { return std::filesystem::exists(checkpoint / name); };
  if (has("tokenizer.json")) return read_tokenizer_folder(checkpoint);
  if (has("tokenizer.model")) return tokenizer_of_sentencepiece(checkpoint);
  if (has("vocab.json") && has("merges.txt")) return read_vocabulary_folder(checkpoint);
  if (const auto gguf = find_gguf(checkpoint)) return tokenizer_of_gguf(*gguf);
  const std::string others = other_vocabularies(checkpoint);
  fail(Blame::kData,
       "{}: no tokenizer.json in it{}; a folder with one is wanted{}",
       checkpoint,
       others,
       others.empty() ? ""
                      : ", which transformers writes: "
                        "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)");
}

}  // namespace lockstep
