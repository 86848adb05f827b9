// Which tokenizer a checkpoint has. A tokenizer.json beside a GGUF file is preferred to what the
// file says: it was put there for that.
#include "base/error.h"
#include "models/tokenizers/gguf_tokenizer.h"
#include "models/tokenizers/tokenizer.h"
#include "models/tokenizers/tokenizer_json.h"
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

}  // namespace

std::unique_ptr<Tokenizer> open_tokenizer(const std::filesystem::path& checkpoint) {
  if (std::filesystem::exists(checkpoint / "tokenizer.json")) {
    return read_tokenizer_folder(checkpoint);
  }
  if (const auto gguf = find_gguf(checkpoint)) return tokenizer_of_gguf(*gguf);
  fail(Blame::kData, "{}: no tokenizer.json in it; a folder with one is wanted", checkpoint);
}

}  // namespace lockstep
