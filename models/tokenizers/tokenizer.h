#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A token and the code points of the original text that it came from, untrimmed (a leading space
/// belongs to it). A token that has no text of its own (a prepended space) has an empty span where
/// it stands.
struct Token {
  int32_t id = 0;
  int64_t begin = 0;
  int64_t end = 0;
  bool operator==(const Token&) const = default;
};

/// An entry of a vocabulary, spelled as the vocabulary does: with GPT-2's letters for bytes, with
/// U+2581 for a space, with "##" in front of what continues a word.
struct SpelledToken {
  int32_t id = 0;
  std::string spelling;
};

/// Text to token ids with offsets.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Tokens of the text alone: nothing that a post-processor would add. Throws Error(kData) if the
  /// text is not UTF-8.
  virtual std::vector<Token> encode(std::string_view utf8) const = 0;
  /// What a post-processor puts in front (its begin-of-sequence tokens), if anything: `--bos auto`
  /// follows it.
  virtual std::vector<int32_t> prefix() const = 0;
  /// The begin-of-sequence token that `--bos on` uses, if the tokenizer has one.
  virtual std::optional<int32_t> bos() const = 0;
  virtual int64_t vocabulary_size() const = 0;
  /// Its tokens that come of text, in no order; added tokens and those of control may be missing.
  virtual std::vector<SpelledToken> vocabulary() const = 0;
  /// Of what defines it: tokenizer.json, or the tokenizer's part of the GGUF metadata.
  virtual const std::string& sha256() const = 0;
  /// What its files say that does not hold here, one line each, for people.
  virtual std::vector<std::string> notes() const { return {}; }
};

/// The tokenizer of a checkpoint: of what a folder has, the first of tokenizer.json,
/// tokenizer.model (sentencepiece), vocab.json with merges.txt (of GPT-2's and Qwen2's classes),
/// the vocabulary inside a GGUF file. Throws Error(kData) naming what there is and the remedy.
std::unique_ptr<Tokenizer> open_tokenizer(const std::filesystem::path& checkpoint);

}  // namespace lockstep
