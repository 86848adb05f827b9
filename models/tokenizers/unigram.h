#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/tokenizers/token_model.h"
#include "models/tokenizers/vocabulary.h"

namespace lockstep {

/// A unigram language model (Kudo 2018): of all ways to cut a pre-token into tokens, the one whose
/// log-probabilities add up to most; of equal ones, the one found first from the left. A character
/// that is no token costs ten less than the worst token; neighbouring unknown ones are one token.
struct UnigramParts {
  std::vector<std::string> tokens;  ///< by id
  std::vector<double> scores;       ///< natural logarithms, one a token
  std::optional<int32_t> unknown = std::nullopt;
  bool falls_back_to_bytes = false;  ///< unknown text becomes <0x00> ... <0xFF> if all are tokens
};

std::unique_ptr<TokenModel> unigram_model(UnigramParts parts);

/// The `vocab` of a Unigram `model`: [["token", score], ...].
Vocabulary read_unigram_vocabulary(const JsonAt& json);

/// The Unigram `model` of a tokenizer.json.
std::unique_ptr<TokenModel> read_unigram(const JsonAt& json);

}  // namespace lockstep
