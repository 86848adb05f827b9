#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/tokenizers/added_tokens.h"
#include "models/tokenizers/normalizer.h"
#include "models/tokenizers/pre_tokenizer.h"
#include "models/tokenizers/token_model.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// The parts of a tokenizer, in the order in which text goes through them.
struct Pipeline {
  std::vector<AddedToken> added_tokens;
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  std::unique_ptr<TokenModel> model;
  std::vector<int32_t> prefix;
  std::optional<int32_t> bos;
  int64_t vocabulary_size = 0;
  std::vector<SpelledToken> vocabulary;
  std::string sha256;
  std::vector<std::string> notes;
};

/// A tokenizer of these parts, all of which are there.
std::unique_ptr<Tokenizer> assemble(Pipeline parts);

}  // namespace lockstep
