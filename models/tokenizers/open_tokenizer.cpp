// Which tokenizer a checkpoint has.
#include "base/error.h"
#include "models/tokenizers/tokenizer.h"
#include "models/tokenizers/tokenizer_json.h"

namespace lockstep {

std::unique_ptr<Tokenizer> open_tokenizer(const std::filesystem::path& checkpoint) {
  if (std::filesystem::exists(checkpoint / "tokenizer.json")) {
    return read_tokenizer_folder(checkpoint);
  }
  if (!std::filesystem::exists(checkpoint)) {
    fail(Blame::kData, "{}: does not exist; a checkpoint is wanted", checkpoint);
  }
  fail(Blame::kData, "{}: no tokenizer.json in it; a folder with one is wanted", checkpoint);
}

}  // namespace lockstep
