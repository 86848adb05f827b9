#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_file.h"
#include "models/tokenizers/normalizer.h"
#include "models/tokenizers/segmented_text.h"
#include "models/tokenizers/vocabulary.h"

namespace lockstep {

/// A token that is found in the text before anything else looks at it.
struct AddedToken {
  std::string content;
  int32_t id = 0;
  bool single_word = false;    ///< only where no word character touches it
  bool strips_left = false;    ///< takes the whitespace before it along
  bool strips_right = false;   ///< takes the whitespace behind it along
  bool is_normalized = false;  ///< normalised itself, and looked for in normalised text
  bool operator==(const AddedToken&) const = default;
};

/// Added tokens that are looked for together. Of those that begin at the same place the longest is
/// found; where one was found and turned down (single_word), nothing else is looked for inside it.
class AddedTokens {
 public:
  AddedTokens() = default;
  explicit AddedTokens(std::vector<AddedToken> tokens);

  /// The text between and the tokens found, in order; ids for the latter.
  std::vector<Segment> segments(std::string_view text) const;

 private:
  const AddedToken* longest_at(std::string_view text, std::size_t position) const;

  std::vector<AddedToken> tokens_;  // longest first among those with the same first byte
  std::array<std::vector<std::size_t>, 256> tokens_from_first_byte_;
};

/// The `added_tokens` of tokenizer.json; empty ones are left out. Throws Error(kData) naming the
/// entry if its id is not the one that tokenizers 0.23 gives it, whatever the file says: that of
/// the vocabulary, or the next after all before, the first being the number of tokens in the
/// vocabulary.
std::vector<AddedToken> read_added_tokens(const JsonAt& json, const Vocabulary& vocabulary);

}  // namespace lockstep
