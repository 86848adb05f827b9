#include "models/tokenizers/unicode_age.h"

#include <oniguruma.h>
#include <utf8proc.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "models/tokenizers/pattern.h"

namespace lockstep {
namespace {

bool is_noncharacter(char32_t character) {
  return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

bool is_unassigned_in_utf8proc(char32_t character) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(character)) == UTF8PROC_CATEGORY_CN;
}

bool is_unassigned_in_oniguruma(char32_t character) {
  static const auto unassigned = regex_pattern(R"(\p{Cn})", "Unicode's unassigned characters");
  return unassigned->sections(to_utf8(character)).front().is_match;
}

}  // namespace

std::vector<UnknownCharacter> unknown_characters(std::string_view utf8) {
  constexpr char32_t kFirstUnassigned = 0x378;  // since Unicode 7
  std::vector<UnknownCharacter> unknown;
  const std::u32string text = from_utf8(utf8, "text");
  for (std::size_t position = 0; position < text.size(); ++position) {
    const char32_t character = text[position];
    if (character < kFirstUnassigned || is_noncharacter(character)) continue;
    if (is_unassigned_in_utf8proc(character) || is_unassigned_in_oniguruma(character)) {
      unknown.push_back({character, position});
    }
  }
  return unknown;
}

std::string unicode_tables() {
  return text("Unicode {} (utf8proc {}), Oniguruma {}",
              utf8proc_unicode_version(),
              utf8proc_version(),
              onig_version());
}

}  // namespace lockstep
