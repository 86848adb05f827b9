#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep {

/// A code point of UTF-8 text and the bytes it takes.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;
};

/// The code point that starts at byte `position` of valid UTF-8.
inline CodePoint code_point_at(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t offset) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[position + offset]));
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {((first & 0x1F) << 6) | (byte(1) & 0x3F), 2};
  if (first < 0xF0) {
    return {((first & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F), 3};
  }
  return {((first & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) |
              (byte(3) & 0x3F),
          4};
}

/// The code point that ends before byte `position` (> 0) of valid UTF-8.
CodePoint code_point_before(std::string_view text, std::size_t position);

// The classes of characters that Rust's standard library and its regex crate know under these
// names, on which the reference implementation (tokenizers 0.23) stands; as old as it knows them
// (library_gaps.h).

/// Unicode White_Space.
bool is_whitespace(char32_t character);
/// General category Nd, Nl or No.
bool is_numeric(char32_t character);
/// ASCII punctuation and symbols, or general category P*.
bool is_punctuation(char32_t character);
/// General category M*.
bool is_mark(char32_t character);
/// General category Mn.
bool is_nonspacing_mark(char32_t character);
/// General category Cc, Cf, Cs or Co: unassigned characters are not among them.
bool is_other(char32_t character);
/// What `\w` matches: Alphabetic, M*, Nd, Pc, Join_Control.
bool is_word(char32_t character);
/// The lower-case form; U+0130 gives two characters.
std::u32string lowercase(char32_t character);

}  // namespace lockstep
