#include <nlohmann/json.hpp>

#include "models/tokenizers/gguf_tokenizer.h"
#include "models/weights/element_type.h"
#include "models/weights/gguf_file.h"
#include "tests/fuzz/encoded_texts.h"
#include "tests/fuzz/reader_case.h"
#include "tests/fuzz/stored_values.h"

namespace lockstep::testing {
namespace {

/// Every key asked for as everything that it might be.
void ask_for_all(const GgufFile& file) {
  for (const auto& entry : file.metadata()) {
    const std::string& key = entry.first;
    allow_refusal([&] { file.text(key); });
    allow_refusal([&] { file.integer(key); });
    allow_refusal([&] { file.number(key); });
    allow_refusal([&] { file.boolean(key); });
    allow_refusal([&] { file.texts(key); });
    allow_refusal([&] { file.integers(key); });
    allow_refusal([&] { file.numbers(key); });
  }
  allow_refusal([&] { file.short_metadata(16); });
}

}  // namespace

void read_gguf_case(std::span<const std::byte> bytes) {
  const GgufFile file("case.gguf", bytes);
  ask_for_all(file);
  for (const GgufTensor& tensor : file.tensors()) {
    if (const auto type = element_type(tensor.type)) use_values(*type, tensor.bytes);
  }
  encode_texts(*make_gguf_tokenizer(read_gguf_vocabulary(file)), "");
}

}  // namespace lockstep::testing
