#pragma once

#include <array>
#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>

namespace lockstep {

/// A value as text() prints it. Floating-point numbers in their shortest form that reads back.
std::string to_text(std::string_view value);
std::string to_text(double value);
std::string to_text(float value);
std::string to_text(bool value);
std::string to_text(long long value);
std::string to_text(unsigned long long value);
inline std::string to_text(const char* value) { return to_text(std::string_view(value)); }
inline std::string to_text(const std::string& value) { return value; }
inline std::string to_text(const std::filesystem::path& value) { return value.string(); }
inline std::string to_text(char value) { return std::string(1, value); }
template <std::integral Integer>
std::string to_text(Integer value) {
  if constexpr (std::signed_integral<Integer>) {
    return to_text(static_cast<long long>(value));
  } else {
    return to_text(static_cast<unsigned long long>(value));
  }
}

/// `pattern` with each "{}" replaced by the next value. Too few or too many values throw
/// std::logic_error.
std::string fill_in(std::string_view pattern, const std::string* values, std::size_t count);

/// `pattern` with each "{}" replaced by the next of `values`: text("{} words", 3) is "3 words".
template <class... Values>
std::string text(std::string_view pattern, const Values&... values) {
  const std::array<std::string, sizeof...(Values)> filled{to_text(values)...};
  return fill_in(pattern, filled.data(), filled.size());
}

/// `items` with `separator` between them.
template <class Range>
std::string join(const Range& items, std::string_view separator) {
  std::string all;
  bool first = true;
  for (const auto& item : items) {
    if (!first) all += separator;
    all += to_text(item);
    first = false;
  }
  return all;
}

/// 85719 as "85,719": for people, never for files.
std::string with_thousands(long long value);

}  // namespace lockstep
