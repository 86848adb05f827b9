#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// The tokenizer's part of a GGUF file's metadata (docs/gguf.md of ggml-org/ggml, "Tokenizer").
/// What is absent in the file is empty here.
struct GgufVocabulary {
  std::string model;         ///< tokenizer.ggml.model
  std::string pre;           ///< tokenizer.ggml.pre
  std::string architecture;  ///< general.architecture
  std::vector<std::string> tokens;
  std::vector<int32_t> token_types;  ///< one a token, or none: all normal
  std::vector<std::string> merges;
  std::vector<float> scores;
  std::optional<int64_t> bos, eos, unk, pad;
  std::optional<bool> add_bos, add_eos, add_space_prefix;
  std::string huggingface_json;  ///< tokenizer.huggingface.json, preferred to all the rest
};

/// The tokenizer that the metadata describes: `gpt2` (byte-level BPE, cut as `pre` says) or `llama`
/// (SentencePiece's BPE: of all neighbours that form a token, those of the highest score merge).
/// Throws Error(kData) naming the key of what is missing, wrong or not supported. Its sha256 is of
/// all fields but eos and pad, each with its length before it.
///
/// A GGUF file does not say how text is normalised: architectures whose tokenizers compose
/// characters (NFC) are known by name. add_bos_token decides about the prefix; where it is absent,
/// llama.cpp's rule for the model and `pre` does.
std::unique_ptr<Tokenizer> make_gguf_tokenizer(const GgufVocabulary& vocabulary);

}  // namespace lockstep
