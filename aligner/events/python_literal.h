#pragma once

#include <map>
#include <string>
#include <string_view>

namespace lockstep {

/// The items of a dictionary as Python prints it: {'kind': 'word', 'word': "don't", 'pronounced':
/// 1.0}. Keys and values that are strings come without quotes and with escapes resolved (\n, \t,
/// \\, \', \", \xHH, \uHHHH, \UHHHHHHHH), others as they are written; of a key that comes twice the
/// last value holds, as in Python. Lists, tuples, sets and dictionaries inside are checked, at most
/// 32 deep. Throws Error(kData) "<where>: character N: <what is wanted>".
std::map<std::string, std::string> parse_python_dictionary(std::string_view literal,
                                                           std::string_view where);

}  // namespace lockstep
