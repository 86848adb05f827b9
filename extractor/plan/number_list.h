#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The items of "a,b,c"; of "a," the one item "a"; of "" none.
std::vector<std::string> split_list(std::string_view list);

/// A number of decimal digits and nothing else; nothing if it is not one or does not fit.
std::optional<int64_t> parse_count(std::string_view digits);

}  // namespace lockstep
