#include "extractor/plan/word_boundary.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/utf8.h"
#include "models/tokenizers/byte_alphabet.h"
#include "models/tokenizers/code_points.h"

namespace lockstep {
namespace {

constexpr char32_t kSpaceAsByte = 0x120;  // the letter of byte 0x20
constexpr char32_t kMetaspace = 0x2581;

/// The bytes that letters of the byte alphabet stand for; other characters are left out.
std::string bytes_of(std::u32string_view letters) {
  static const auto kBytes = [] {
    std::unordered_map<char32_t, char> bytes;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      bytes.emplace(byte_alphabet()[byte], static_cast<char>(byte));
    }
    return bytes;
  }();
  std::string bytes;
  for (const char32_t letter : letters) {
    if (const auto found = kBytes.find(letter); found != kBytes.end()) bytes += found->second;
  }
  return bytes;
}

bool goes_on(std::u32string_view characters) {
  if (characters.empty()) return true;  // part of a character
  const char32_t first = characters.front();
  if (first == U'\'' || first == 0x2019) return characters.size() > 1 && is_word(characters[1]);
  return is_word(first) && first != U'_';
}

bool is_byte_fallback(std::string_view spelling) {
  return spelling.size() == 6 && spelling.starts_with("<0x") && spelling.ends_with('>');
}

}  // namespace

std::optional<std::vector<uint8_t>> word_boundaries(std::span<const SpelledToken> vocabulary,
                                                    int64_t vocabulary_size) {
  int64_t with_byte_space = 0;
  int64_t with_metaspace = 0;
  std::vector<std::u32string> spellings;
  spellings.reserve(vocabulary.size());
  for (const SpelledToken& token : vocabulary) {
    spellings.push_back(leading_characters(token.spelling, token.spelling.size()));
    if (spellings.back().size() < 2) continue;
    with_byte_space += spellings.back().front() == kSpaceAsByte ? 1 : 0;
    with_metaspace += spellings.back().front() == kMetaspace ? 1 : 0;
  }
  if (with_byte_space + with_metaspace == 0) return std::nullopt;
  const bool are_bytes = with_byte_space > with_metaspace;

  std::vector<uint8_t> is_over(static_cast<std::size_t>(vocabulary_size), 1);
  for (std::size_t k = 0; k < vocabulary.size(); ++k) {
    const SpelledToken& token = vocabulary[k];
    if (token.id < 0 || token.id >= vocabulary_size) continue;
    const auto begins = are_bytes ? leading_characters(bytes_of(spellings[k]), 2)
                        : is_byte_fallback(token.spelling) ? std::u32string()
                                                           : spellings[k].substr(0, 2);
    if (goes_on(begins)) is_over[static_cast<std::size_t>(token.id)] = 0;
  }
  return is_over;
}

}  // namespace lockstep
