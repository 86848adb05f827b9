#include "models/tokenizers/byte_alphabet.h"

namespace lockstep {
namespace {

std::array<char32_t, 256> make_alphabet() {
  std::array<char32_t, 256> letters{};
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool is_printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) ||
                              (byte >= 0xAE && byte <= 0xFF);
    letters[byte] = is_printable ? byte : next++;
  }
  return letters;
}

}  // namespace

const std::array<char32_t, 256>& byte_alphabet() {
  static const std::array<char32_t, 256> kLetters = make_alphabet();
  return kLetters;
}

AlignedText in_byte_alphabet(const AlignedText& text) {
  const std::array<char32_t, 256>& letters = byte_alphabet();
  AlignedText mapped;
  mapped.reserve(2 * text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    mapped.append(letters[static_cast<unsigned char>(text.text()[at])], text.spans()[at]);
  }
  return mapped;
}

}  // namespace lockstep
