#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The code points of UTF-8 text. Throws Error(kData) "<where>: byte N: not UTF-8" (overlong forms,
/// surrogates and values above U+10FFFF included).
std::u32string from_utf8(std::string_view utf8, std::string_view where);

/// UTF-8 of code points.
/// The characters from the first byte on, `most` of them or fewer, up to the first byte that is not
/// UTF-8: of bytes that may be cut anywhere.
std::u32string leading_characters(std::string_view bytes, std::size_t most);

std::string to_utf8(std::u32string_view code_points);
std::string to_utf8(char32_t code_point);

/// Byte offset of each code point of valid UTF-8, and the size of the text at the end.
std::vector<int64_t> byte_offsets(std::string_view utf8);

}  // namespace lockstep
