#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A character that the tables of this build do not know: assigned later, or never.
struct UnknownCharacter {
  char32_t character = 0;
  std::size_t position = 0;  ///< in code points
};

/// The characters of a text that Oniguruma (splits) or utf8proc (normalisation, classes) takes for
/// unassigned: tokenizers with newer tables may treat them otherwise. Noncharacters (U+FFFE, ...),
/// which no version assigns, are not among them. Throws Error(kData) if the text is not UTF-8.
std::vector<UnknownCharacter> unknown_characters(std::string_view utf8);

/// "Unicode 15.0.0 (utf8proc 2.8.0), Oniguruma 6.9.8": whose tables these are.
std::string unicode_tables();

}  // namespace lockstep
