#pragma once

#include <array>
#include <string>
#include <string_view>

#include "models/tokenizers/aligned_text.h"

namespace lockstep {

/// GPT-2's letter for each byte: printable Latin-1 stands for itself, the other 68 bytes follow
/// from U+0100 on (`bytes_to_unicode` in openai/gpt-2, src/encoder.py).
const std::array<char32_t, 256>& byte_alphabet();

/// Each byte of `text` as its letter; all letters of a character carry its span.
AlignedText in_byte_alphabet(const AlignedText& text);

}  // namespace lockstep
