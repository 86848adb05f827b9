#include "extractor/plan/number_list.h"

#include <charconv>

namespace lockstep {

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    const auto comma = list.find(',');
    items.emplace_back(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return items;
}

std::optional<int64_t> parse_count(std::string_view digits) {
  if (digits.empty() || digits.front() == '-' || digits.front() == '+') return std::nullopt;
  int64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace lockstep
