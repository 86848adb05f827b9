#include "stimuli/characters.h"

#include <utf8proc.h>

#include <array>

namespace lockstep {
namespace {

utf8proc_category_t category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool is_between(utf8proc_category_t what, utf8proc_category_t first, utf8proc_category_t last) {
  return what >= first && what <= last;
}

}  // namespace

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x85 ||
         is_between(category(c), UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}
bool is_letter(char32_t c) {
  return is_between(category(c), UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}
bool is_upper(char32_t c) {
  return category(c) == UTF8PROC_CATEGORY_LU || category(c) == UTF8PROC_CATEGORY_LT;
}
bool is_lower(char32_t c) { return category(c) == UTF8PROC_CATEGORY_LL; }
bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_number(char32_t c) {
  return is_between(category(c), UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
}
bool is_combining(char32_t c) {
  return is_between(category(c), UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
}
bool is_apostrophe(char32_t c) {
  return c == U'\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0xFF07;
}
bool is_hyphen(char32_t c) { return c == U'-' || c == 0x2010 || c == 0x2011; }
bool is_dash(char32_t c) { return c >= 0x2012 && c <= 0x2015; }

bool is_opening(char32_t c) {
  const auto what = category(c);
  return c == U'"' || c == U'\'' || what == UTF8PROC_CATEGORY_PS || what == UTF8PROC_CATEGORY_PI;
}

bool is_closing(char32_t c) {
  const auto what = category(c);
  return c == U'"' || c == U'\'' || what == UTF8PROC_CATEGORY_PE || what == UTF8PROC_CATEGORY_PF ||
         what == UTF8PROC_CATEGORY_PI;  // German closes with what English opens with
}

void append_match_key(char32_t c, std::u32string& key) {
  if (c < 0x80) {
    if (is_digit(c) || (c >= U'a' && c <= U'z')) key += c;
    if (c >= U'A' && c <= U'Z') key += c + (U'a' - U'A');
    return;
  }
  if (c == 0x0153 || c == 0x0152) {  // ligatures that Unicode does not take apart
    key += U"oe";
    return;
  }
  if (c == 0x00E6 || c == 0x00C6) {
    key += U"ae";
    return;
  }
  std::array<utf8proc_int32_t, 32> parts{};
  int boundary = 0;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c),
                                             parts.data(),
                                             static_cast<utf8proc_ssize_t>(parts.size()),
                                             options,
                                             &boundary);
  for (utf8proc_ssize_t at = 0; at < count && at < static_cast<utf8proc_ssize_t>(parts.size());
       ++at) {
    const auto part = static_cast<char32_t>(parts[static_cast<std::size_t>(at)]);
    if (is_letter(part) || is_number(part)) key += part;
  }
}

std::u32string match_key(std::u32string_view text) {
  std::u32string key;
  for (const char32_t c : text) append_match_key(c, key);
  return key;
}

std::u32string lower_case(std::u32string_view text) {
  std::u32string lower;
  for (const char32_t c : text) {
    lower += is_apostrophe(c)
                 ? U'\''
                 : static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  }
  return lower;
}

}  // namespace lockstep
