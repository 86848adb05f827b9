// Text with placeholders, a dozen lines of our own: libtorch ships an fmt of another version than
// the system's.
#include "base/text.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace lockstep {
namespace {

template <class Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return "nan";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace

std::string to_text(std::string_view value) { return std::string(value); }
std::string to_text(double value) { return shortest(value); }
std::string to_text(float value) { return shortest(value); }
std::string to_text(bool value) { return value ? "true" : "false"; }
std::string to_text(long long value) { return std::to_string(value); }
std::string to_text(unsigned long long value) { return std::to_string(value); }

std::string fill_in(std::string_view pattern, const std::string* values, std::size_t count) {
  std::string filled;
  std::size_t used = 0;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern.substr(at, 2) != "{}") {
      filled += pattern[at];
      continue;
    }
    if (used == count) throw std::logic_error("too few values for \"" + std::string(pattern) + '"');
    filled += values[used++];
    ++at;
  }
  if (used != count) throw std::logic_error("too many values for \"" + std::string(pattern) + '"');
  return filled;
}

std::string with_thousands(long long value) {
  std::string digits = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

}  // namespace lockstep
