#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// A tokenizer made of a function from code points to tokens, for tests.
class FakeTokenizer : public Tokenizer {
 public:
  using Cut = std::function<std::vector<Token>(std::u32string_view)>;

  explicit FakeTokenizer(Cut cut) : cut_(std::move(cut)) {}

  std::vector<Token> encode(std::string_view utf8) const override {
    return cut_(from_utf8(utf8, "test"));
  }
  std::vector<int32_t> prefix() const override { return {}; }
  std::optional<int32_t> bos() const override { return std::nullopt; }
  int64_t vocabulary_size() const override { return 1000; }
  std::vector<SpelledToken> vocabulary() const override { return {}; }
  const std::string& sha256() const override { return sha256_; }

 private:
  Cut cut_;
  std::string sha256_ = std::string(64, 'a');
};

/// An id that tells what a token's text is.
inline int32_t id_of(std::u32string_view piece) {
  uint32_t hash = 2166136261U;
  for (const char32_t c : piece) hash = (hash ^ static_cast<uint32_t>(c)) * 16777619U;
  return static_cast<int32_t>(hash % 1000);
}

inline Token token_at(std::u32string_view text, std::size_t begin, std::size_t end) {
  return {id_of(text.substr(begin, end - begin)),
          static_cast<int64_t>(begin),
          static_cast<int64_t>(end)};
}

/// One token a word with the space before it: every cut is before a space.
inline FakeTokenizer one_token_a_word() {
  return FakeTokenizer([](std::u32string_view text) {
    std::vector<Token> tokens;
    std::size_t begin = 0;
    for (std::size_t at = 1; at <= text.size(); ++at) {
      if (at < text.size() && text[at] != U' ') continue;
      tokens.push_back(token_at(text, begin, at));
      begin = at;
    }
    return tokens;
  });
}

/// Cuts that depend on the two code points around them and on nothing else, so that running text
/// and windows agree where they can: pieces cross words, words lose all their tokens, some tokens
/// are empty.
inline FakeTokenizer ragged_tokens(uint32_t seed) {
  return FakeTokenizer([seed](std::u32string_view text) {
    std::vector<Token> tokens;
    std::size_t begin = 0;
    for (std::size_t at = 1; at <= text.size(); ++at) {
      const uint32_t mix = at < text.size() ? (static_cast<uint32_t>(text[at - 1]) * 2654435761U ^
                                               static_cast<uint32_t>(text[at]) * 40503U ^ seed)
                                            : 0;
      if (at < text.size() && (mix >> 7) % 5 < 2) continue;
      if (mix % 11 == 3)
        tokens.push_back({999, static_cast<int64_t>(begin), static_cast<int64_t>(begin)});
      tokens.push_back(token_at(text, begin, at));
      begin = at;
    }
    return tokens;
  });
}

}  // namespace lockstep
