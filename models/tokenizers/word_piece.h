#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/json_file.h"
#include "models/tokenizers/token_model.h"
#include "models/tokenizers/vocabulary.h"

namespace lockstep {

/// Defaults are those of tokenizer.json.
struct WordPieceOptions {
  std::string unknown_token = "[UNK]";
  std::string continuing_prefix = "##";
  std::size_t longest_word = 100;  ///< in characters; a longer one is unknown
};

/// WordPiece as BERT's tokenizer has it (Devlin et al. 2019): the longest token that the word
/// begins with, then the longest that goes on from there; a word that ends in no token is one
/// unknown.
std::unique_ptr<TokenModel> word_piece_model(Vocabulary vocabulary, WordPieceOptions options);

/// The WordPiece `model` of a tokenizer.json.
std::unique_ptr<TokenModel> read_word_piece(const JsonAt& json, Vocabulary vocabulary);

/// The WordLevel `model` of a tokenizer.json: a pre-token is a token or unknown.
std::unique_ptr<TokenModel> read_word_level(const JsonAt& json, Vocabulary vocabulary);

}  // namespace lockstep
