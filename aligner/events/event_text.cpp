#include "aligner/events/event_text.h"

#include <cstdint>

namespace lockstep {
namespace {

/// Bytes of the well-formed sequence at the start of `bytes` (Unicode 15, table 3-7); 0: there is
/// none.
std::size_t well_formed(std::string_view bytes) {
  const auto byte = [&](std::size_t at) { return static_cast<uint8_t>(bytes[at]); };
  const auto follows = [&](std::size_t at, uint8_t low = 0x80, uint8_t high = 0xBF) {
    return at < bytes.size() && byte(at) >= low && byte(at) <= high;
  };
  const uint8_t first = byte(0);
  if (first < 0x80) return first == 0 ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string as_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t size = well_formed(bytes);
    text += size == 0 ? std::string_view("\xEF\xBF\xBD") : bytes.substr(0, size);
    bytes.remove_prefix(size == 0 ? 1 : size);
  }
  return text;
}

}  // namespace lockstep
