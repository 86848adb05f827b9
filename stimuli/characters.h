#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep {

/// Classes of code points, by the Unicode tables of utf8proc.
bool is_space(char32_t c);
bool is_letter(char32_t c);
bool is_upper(char32_t c);
bool is_lower(char32_t c);
bool is_digit(char32_t c);       ///< 0 to 9
bool is_number(char32_t c);      ///< digits of any script, fractions, Roman numerals
bool is_combining(char32_t c);        ///< combining: it belongs to the code point before it
bool is_apostrophe(char32_t c);  ///< ' and its typographic forms
bool is_hyphen(char32_t c);   ///< - and the hyphens U+2010, U+2011: they join the parts of a word
bool is_dash(char32_t c);     ///< U+2012 to U+2015: they stand between words
bool is_opening(char32_t c);  ///< brackets and quotes that may open, the straight ones included
bool is_closing(char32_t c);  ///< brackets and quotes that may close, the straight ones included

/// `text` without case, accents and what is neither letter nor number: two spellings with the same
/// key are the same word. "CAFE" with or without its accent gives "cafe", "o'clock" gives "oclock",
/// a sharp s "ss", an oe ligature "oe".
std::u32string match_key(std::u32string_view text);

/// Appends the key of one code point; nothing for punctuation and marks.
void append_match_key(char32_t c, std::u32string& key);

/// Lower case, code point by code point; apostrophes become '.
std::u32string lower_case(std::u32string_view text);

}  // namespace lockstep
