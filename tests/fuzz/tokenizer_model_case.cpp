#include "models/tokenizers/sentencepiece_tokenizer.h"
#include "tests/fuzz/encoded_texts.h"
#include "tests/fuzz/reader_case.h"

namespace lockstep::testing {

void read_tokenizer_model_case(std::span<const std::byte> bytes) {
  const std::string model(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  TokenizerConfig config;
  config.bos_token = "<s>";
  encode_texts(*sentencepiece_tokenizer(model, "case", config), model);
}

}  // namespace lockstep::testing
