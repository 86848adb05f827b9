#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/tokenizers/added_tokens.h"

namespace lockstep {

/// What the files beside a vocabulary say about its use: tokenizer_config.json, else
/// special_tokens_map.json, and config.json for the id of the begin-of-sequence token.
struct TokenizerConfig {
  std::optional<std::string> tokenizer_class;
  std::optional<std::string> bos_token;
  bool has_no_bos = false;        ///< bos_token is null
  std::optional<int64_t> bos_id;  ///< bos_token_id of config.json
  std::optional<bool> add_bos;
  std::optional<bool> add_eos;
  std::optional<bool> add_prefix_space;
  std::optional<bool> legacy;
  std::vector<AddedToken> added;  ///< added_tokens_decoder, else added_tokens.json; by id
};

/// Throws Error(kData) naming the file and the path of what is not of its type. Files that are not
/// there say nothing.
TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder);

}  // namespace lockstep
