#include "tests/fuzz/encoded_texts.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "base/utf8.h"
#include "tests/fuzz/reader_case.h"

namespace lockstep::testing {
namespace {

constexpr std::array<std::string_view, 4> kTexts{
    "",
    "The cat's 12 caf\xC3\xA9s,  two\r\n\tlines <s>and</s> [CLS] don't\xE2\x80\x99t.",
    "a\xCC\x81\xCC\x80 \xEF\xB7\xBA\xE2\x96\x81\xC2\xA0 \xE4\xB8\xAD\xE6\x96\x87 "
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 \xC4\xB0",
    "aaaaaaaaaaaaaaaaaaaaaaaa          000000000000",
};

void check_tokens(const Tokenizer& tokenizer, std::string_view utf8) {
  const auto length = static_cast<int64_t>(from_utf8(utf8, "text").size());
  int64_t begin = 0;
  for (const Token& token : tokenizer.encode(utf8)) {
    const bool is_in_text = begin <= token.begin && token.begin <= token.end && token.end <= length;
    const bool is_known = token.id >= 0 && token.id < tokenizer.vocabulary_size();
    if (!is_in_text || !is_known) {
      throw std::logic_error(
          text("token {} [{}, {}) after {} in {} characters, of a vocabulary of {}",
               token.id,
               token.begin,
               token.end,
               begin,
               length,
               tokenizer.vocabulary_size()));
    }
    begin = token.begin;
  }
}

std::string first_characters(std::string_view utf8) {
  constexpr std::size_t kMost = 200;
  std::size_t end = std::min(utf8.size(), kMost);
  while (end > 0 && end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(utf8.substr(0, end));
}

}  // namespace

void encode_texts(const Tokenizer& tokenizer, std::string_view own) {
  for (const std::string_view utf8 : kTexts) {
    allow_refusal([&] { check_tokens(tokenizer, utf8); });
  }
  allow_refusal([&] { check_tokens(tokenizer, first_characters(own)); });
}

}  // namespace lockstep::testing
