#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// English names, as match_key spells them.
std::string unit_name(int value);  ///< 1 to 19
std::string tens_name(int tens);   ///< 2 to 9: "twenty" to "ninety"
std::string scale_name(
    std::size_t thousands);  ///< 1: thousand, 2: million, 3: billion, 4: trillion
std::string ordinal_name(const std::string& cardinal);  ///< of one word: "twenty" gives "twentieth"
std::string plural_name(const std::string& cardinal);   ///< of one word: "ninety" gives "nineties"

/// Value of a Roman numeral in capitals up to 3999 in its regular form; 0 if it is none.
int64_t roman_value(std::u32string_view written);

struct MoneyNames {
  const char* many;
  const char* one;
  const char* small_many;
  const char* small_one;
};
bool is_spoken_sign_of_money(char32_t c);
const MoneyNames& money_names(char32_t sign);

/// What a suffix of a number is read as, each as a list of words: "s" shillings, "d" pence, "%" per
/// cent, "km", ...; empty if it is none that we know.
std::vector<std::vector<std::string>> suffix_names(std::u32string_view suffix);

/// What an abbreviation or a sign by itself is read as: "Mr", "St", "No", "&".
std::vector<std::vector<std::string>> abbreviation_names(std::u32string_view written);

/// Letters and digits of a key that are ASCII; others are left out.
std::string to_ascii(std::u32string_view key);

}  // namespace lockstep
