#include "base/utf8.h"

#include "base/error.h"

namespace lockstep {
namespace {

/// Length of the sequence that a byte begins; 0 if none does.
int sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

/// The code point at `at` and its length; length 0 if it is not UTF-8.
struct Decoded {
  char32_t code_point = 0;
  int length = 0;
};

Decoded decode(std::string_view utf8, std::size_t at) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(utf8[k]); };
  const int length = sequence_length(byte(at));
  if (length == 0 || at + static_cast<std::size_t>(length) > utf8.size()) return {};
  if (length == 1) return {byte(at), 1};
  char32_t code_point = byte(at) & (0xFFu >> (length + 1));
  for (int k = 1; k < length; ++k) {
    const unsigned char next = byte(at + static_cast<std::size_t>(k));
    if ((next & 0xC0) != 0x80) return {};
    code_point = code_point << 6 | (next & 0x3F);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  if (code_point < kSmallest[length] || code_point > 0x10FFFF || surrogate) return {};
  return {code_point, length};
}

}  // namespace

std::u32string from_utf8(std::string_view utf8, std::string_view where) {
  std::u32string code_points;
  code_points.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const Decoded next = decode(utf8, at);
    if (next.length == 0) fail(Blame::kData, "{}: byte {}: not UTF-8", where, at);
    code_points += next.code_point;
    at += static_cast<std::size_t>(next.length);
  }
  return code_points;
}

std::u32string leading_characters(std::string_view bytes, std::size_t most) {
  std::u32string code_points;
  for (std::size_t at = 0; at < bytes.size() && code_points.size() < most;) {
    const Decoded next = decode(bytes, at);
    if (next.length == 0) break;
    code_points += next.code_point;
    at += static_cast<std::size_t>(next.length);
  }
  return code_points;
}

std::string to_utf8(char32_t c) {
  const auto tail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(c)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(c >> 6), tail(c)};
  return {static_cast<char>(0xF0 | c >> 18), tail(c >> 12), tail(c >> 6), tail(c)};
}

std::string to_utf8(std::u32string_view code_points) {
  std::string utf8;
  for (const char32_t code_point : code_points) utf8 += to_utf8(code_point);
  return utf8;
}

std::vector<int64_t> byte_offsets(std::string_view utf8) {
  std::vector<int64_t> offsets;
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    if ((static_cast<unsigned char>(utf8[at]) & 0xC0) != 0x80) {
      offsets.push_back(static_cast<int64_t>(at));
    }
  }
  offsets.push_back(static_cast<int64_t>(utf8.size()));
  return offsets;
}

}  // namespace lockstep
