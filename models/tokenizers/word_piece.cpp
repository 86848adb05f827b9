#include "models/tokenizers/word_piece.h"

#include <utility>

#include "base/error.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {
namespace {

// The id of the unknown token, which is needed only for a text that has something unknown.
int32_t unknown_id(const Vocabulary& vocabulary,
                   const std::string& unknown_token,
                   std::string_view pre_token) {
  if (const auto id = vocabulary.find(unknown_token)) return *id;
  fail(Blame::kData,
       "tokenizer: \"{}\" is not in the vocabulary, and neither is the unknown token \"{}\"",
       pre_token,
       unknown_token);
}

std::size_t num_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).size) ++count;
  return count;
}

class WordPiece : public TokenModel {
 public:
  WordPiece(Vocabulary vocabulary, WordPieceOptions options)
      : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {}

  std::vector<Piece> pieces(std::string_view pre_token) const override {
    std::vector<Piece> pieces;
    bool is_known = num_characters(pre_token) <= options_.longest_word;
    for (std::size_t begin = 0; is_known && begin < pre_token.size();) {
      const Piece longest = longest_piece(pre_token, begin);
      is_known = longest.end > begin;
      pieces.push_back(longest);
      begin = longest.end;
    }
    if (is_known) return pieces;
    return {{unknown_id(vocabulary_, options_.unknown_token, pre_token), 0, pre_token.size()}};
  }

 private:
  // The longest token that `pre_token` goes on with at `begin`; an empty piece if there is none.
  Piece longest_piece(std::string_view pre_token, std::size_t begin) const {
    std::string spelled = begin > 0 ? options_.continuing_prefix : std::string();
    const std::size_t prefix_size = spelled.size();
    spelled += pre_token.substr(begin);
    for (std::size_t end = pre_token.size(); end > begin;
         end -= code_point_before(pre_token, end).size) {
      spelled.resize(prefix_size + end - begin);
      if (const auto id = vocabulary_.find(spelled)) return {*id, begin, end};
    }
    return {0, begin, begin};
  }

  Vocabulary vocabulary_;
  WordPieceOptions options_;
};

class WordLevel : public TokenModel {
 public:
  WordLevel(Vocabulary vocabulary, std::string unknown_token)
      : vocabulary_(std::move(vocabulary)), unknown_token_(std::move(unknown_token)) {}

  std::vector<Piece> pieces(std::string_view pre_token) const override {
    const auto known = vocabulary_.find(pre_token);
    const int32_t id = known ? *known : unknown_id(vocabulary_, unknown_token_, pre_token);
    return {{id, 0, pre_token.size()}};
  }

 private:
  Vocabulary vocabulary_;
  std::string unknown_token_;
};

}  // namespace

std::unique_ptr<TokenModel> word_piece_model(Vocabulary vocabulary, WordPieceOptions options) {
  return std::make_unique<WordPiece>(std::move(vocabulary), std::move(options));
}

std::unique_ptr<TokenModel> read_word_piece(const JsonAt& json, Vocabulary vocabulary) {
  expect_keys(
      json,
      {"type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"});
  WordPieceOptions options;
  options.unknown_token = json["unk_token"].text();
  options.continuing_prefix = json["continuing_subword_prefix"].text();
  const int64_t longest = json["max_input_chars_per_word"].integer();
  if (longest < 0) json["max_input_chars_per_word"].refuse("a number of characters");
  options.longest_word = static_cast<std::size_t>(longest);
  return word_piece_model(std::move(vocabulary), std::move(options));
}

std::unique_ptr<TokenModel> read_word_level(const JsonAt& json, Vocabulary vocabulary) {
  expect_keys(json, {"type", "unk_token", "vocab"});
  return std::make_unique<WordLevel>(std::move(vocabulary), json["unk_token"].text());
}

}  // namespace lockstep
