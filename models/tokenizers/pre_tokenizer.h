#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/tokenizers/segmented_text.h"

namespace lockstep {

/// A way of cutting text into pre-tokens, across whose borders no token reaches. Some rewrite it
/// too, so the text goes through by value.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual SegmentedText apply(SegmentedText text) const = 0;
};

/// The pre-tokenizer that a `pre_tokenizer` of tokenizer.json describes; null leaves the text
/// whole. Throws Error(kData) naming the path of a type, key or value that is not supported.
std::unique_ptr<PreTokenizer> read_pre_tokenizer(const JsonAt& json);

/// Splits at each match of `expressions`, one expression after the other, matches isolated; then
/// the byte alphabet. `where` names the expressions in errors.
std::unique_ptr<PreTokenizer> byte_level_after(const std::vector<std::string>& expressions,
                                               const std::string& where);
std::unique_ptr<PreTokenizer> whole_text();

/// How GPT-2 splits text: contractions, words, numbers and punctuation with the space before them
/// (openai/gpt-2, src/encoder.py).
extern const char* const kGpt2Expression;

}  // namespace lockstep
