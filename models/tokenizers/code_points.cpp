#include "models/tokenizers/code_points.h"

#include <utf8proc.h>

#include "models/tokenizers/library_gaps.h"

namespace lockstep {
namespace {

utf8proc_category_t category_of(char32_t character) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(character));
}

bool has_mark_category(char32_t character) {
  const utf8proc_category_t category = category_of(character);
  return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool is_ascii_punctuation(char32_t character) {
  return (character >= '!' && character <= '/') || (character >= ':' && character <= '@') ||
         (character >= '[' && character <= '`') || (character >= '{' && character <= '~');
}

// Other_Alphabetic outside the categories L, M, N (PropList.txt of Unicode 15): circled and squared
// letters, which are symbols by category.
bool is_alphabetic_symbol(char32_t character) {
  return (character >= 0x24B6 && character <= 0x24E9) ||
         (character >= 0x1F130 && character <= 0x1F149) ||
         (character >= 0x1F150 && character <= 0x1F169) ||
         (character >= 0x1F170 && character <= 0x1F189);
}

}  // namespace

CodePoint code_point_before(std::string_view text, std::size_t position) {
  std::size_t start = position - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  return code_point_at(text, start);
}

bool is_whitespace(char32_t character) {
  return (character >= 0x09 && character <= 0x0D) || character == 0x20 || character == 0x85 ||
         character == 0xA0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200A) ||
         character == 0x2028 || character == 0x2029 || character == 0x202F || character == 0x205F ||
         character == 0x3000;
}

bool is_numeric(char32_t character) {
  const utf8proc_category_t category = category_of(character);
  return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL ||
         category == UTF8PROC_CATEGORY_NO;
}

bool is_punctuation(char32_t character) {
  if (character < 0x80) return is_ascii_punctuation(character);
  const utf8proc_category_t category = category_of(character);
  const bool is_now = category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
  return is_now != is_in(LibraryGap::kPunctuation, character);
}

bool is_mark(char32_t character) {
  return has_mark_category(character) != is_in(LibraryGap::kMark, character);
}

bool is_nonspacing_mark(char32_t character) {
  return (category_of(character) == UTF8PROC_CATEGORY_MN) !=
         is_in(LibraryGap::kNonspacingMark, character);
}

bool is_other(char32_t character) {
  return (category_of(character) >= UTF8PROC_CATEGORY_CC) != is_in(LibraryGap::kOther, character);
}

bool is_word(char32_t character) {
  if (character == 0x200C || character == 0x200D) return true;
  const utf8proc_category_t category = category_of(character);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         has_mark_category(character) || category == UTF8PROC_CATEGORY_ND ||
         category == UTF8PROC_CATEGORY_NL || category == UTF8PROC_CATEGORY_PC ||
         is_alphabetic_symbol(character);
}

std::u32string lowercase(char32_t character) {
  if (character == 0x130) return {U'i', 0x307};
  return {static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character)))};
}

}  // namespace lockstep
