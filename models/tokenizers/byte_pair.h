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

/// Two tokens that become one. Lower ranks go first; of equal ranks, what stands further left.
struct Merge {
  int32_t left = 0;
  int32_t right = 0;
  int32_t merged = 0;
  uint32_t rank = 0;
};

/// Defaults are those of tokenizer.json.
struct BytePairOptions {
  std::optional<std::string> unknown_token = std::nullopt;
  /// Written before each character of a pre-token but the first.
  std::string continuing_prefix = {};
  /// Written behind the last character of a pre-token.
  std::string word_suffix = {};
  /// Neighbouring unknown characters become one unknown token.
  bool fuses_unknown = false;
  /// A character that is no token becomes its bytes <0x00> ... <0xFF>, if all of them are tokens.
  bool falls_back_to_bytes = false;
  /// A pre-token that is a token as a whole stays whole, whatever the merges say.
  bool ignores_merges = false;
};

/// Byte-pair encoding (Sennrich et al. 2016): of all pairs of neighbours that may merge, the one of
/// lowest rank merges, the leftmost if there are several, until none is left. Same tokens as BPE of
/// tokenizers 0.23. Two deviations: an unknown token always stands before the bytes of a later
/// character, and the bytes of a dropped character are counted (the library shifts what follows).
std::unique_ptr<TokenModel> byte_pair_model(Vocabulary vocabulary,
                                            const std::vector<Merge>& merges,
                                            BytePairOptions options);

/// Merges of tokens spelled out, in the order of their ranks: "a b" for each, split at the first
/// space that is not its first character, or a pair. Throws Error(kData) naming "<where>[i]".
std::vector<Merge> merges_in_order(const std::vector<std::string>& lines,
                                   const Vocabulary& vocabulary,
                                   const std::string& where);

/// The BPE of a tokenizer.json: `model`, whose vocabulary was read already. Merges are "a b" or
/// ["a", "b"]. Throws Error(kData) naming the path, e.g. for a merge of unknown tokens.
std::unique_ptr<TokenModel> read_byte_pair(const JsonAt& json, Vocabulary vocabulary);

}  // namespace lockstep
