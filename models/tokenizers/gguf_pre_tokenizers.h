#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// How a `tokenizer.ggml.pre` cuts text for byte-level BPE, in the form of the tokenizer.json of
/// the models it was made for.
struct GgufPreTokenizer {
  std::vector<std::string> expressions;  ///< one split after the other, matches isolated
  bool ignores_merges = false;
  bool adds_bos = false;  ///< where the file does not say
};

/// Throws Error(kData) listing the names that are known.
GgufPreTokenizer gguf_pre_tokenizer(std::string_view name);

}  // namespace lockstep
