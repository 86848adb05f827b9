#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizers/pattern.h"

namespace lockstep {

/// Code points of the original text, half-open.
struct Span {
  int32_t begin = 0;
  int32_t end = 0;
  bool operator==(const Span&) const = default;
};

/// How one character of a rewritten text comes about.
struct Change {
  char32_t character = 0;
  /// 0: it takes the place of the next old character; -n: the same, and the n old characters after
  /// that are dropped; +1: it is new, and shares the span of the old character before it.
  int32_t kind = 0;
};

/// Text that is being normalised, each byte of which knows the span of original text it came from.
/// All bytes of a character carry the same span, and the spans are in order. The rules are those of
/// NormalizedString in tokenizers 0.23 (a composed character carries the span of its first part; a
/// replacement that of the last character it replaces), except for what is prepended: that has an
/// empty span where the text begins, while the library lends it the first character.
class AlignedText {
 public:
  AlignedText() = default;
  /// The original text. Throws Error(kData) if it is not UTF-8 or has 2^31 code points or more.
  static AlignedText of(std::string_view utf8);

  const std::string& text() const { return text_; }
  const std::vector<Span>& spans() const { return spans_; }
  std::size_t size() const { return text_.size(); }
  bool empty() const { return text_.empty(); }
  void reserve(std::size_t num_bytes);

  /// Bytes [begin, end), which lie between characters.
  AlignedText slice(std::size_t begin, std::size_t end) const;
  void append(const AlignedText& other);
  void append(char32_t character, Span span);

  /// Rewrites the whole text: `num_dropped` old characters are dropped first, then the changes
  /// follow the old characters in order.
  void transform(const std::vector<Change>& changes, std::size_t num_dropped);
  void replace(const Pattern& pattern, std::string_view content);
  /// Nothing is put in front of an empty text.
  void prepend(std::string_view content);
  /// Keeps the characters for which `keep` is true.
  void filter(bool (*keep)(char32_t));
  /// Throws Error(kData) if there are more than 128 bytes for each character of the original text
  /// and 4,096 beyond: no tokenizer makes that of a text, but twenty replacements of "a" by "aa"
  /// do.
  void check_growth() const;

 private:
  std::string text_;
  std::vector<Span> spans_;
};

}  // namespace lockstep
