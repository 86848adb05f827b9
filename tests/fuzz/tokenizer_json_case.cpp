#include "models/tokenizers/tokenizer_json.h"
#include "tests/fuzz/encoded_texts.h"
#include "tests/fuzz/reader_case.h"

namespace lockstep::testing {

void read_tokenizer_json_case(std::span<const std::byte> bytes) {
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  TokenizerConfig config;
  config.bos_token = "<s>";
  encode_texts(*assemble(read_tokenizer_json(json, "case", config)), json);
}

}  // namespace lockstep::testing
