#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "models/tokenizers/tokenizer_json.h"

namespace lockstep::testing {

/// A tokenizer.json of four pieces and one added token, to be changed.
inline nlohmann::json small_tokenizer() {
  return nlohmann::json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null, "decoder": null,
    "added_tokens": [{"id": 4, "content": "<s>", "single_word": false, "lstrip": false,
                      "rstrip": false, "normalized": false, "special": true}],
    "normalizer": null, "pre_tokenizer": null, "post_processor": null,
    "model": {"type": "BPE", "dropout": null, "unk_token": null,
              "vocab": {"a": 0, "b": 1, "ab": 2, "\u2581": 3}, "merges": ["a b"]}})");
}

inline std::unique_ptr<Tokenizer> tokenizer_from(const nlohmann::json& description) {
  return assemble(read_tokenizer_json(description.dump(), "t.json", {}));
}

}  // namespace lockstep::testing
