#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// The type of a spoken word: its letters A-Z in lower case, all else as it is.
inline std::string word_type(std::string_view word) {
  std::string type(word);
  for (char& letter : type) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return type;
}

}  // namespace lockstep
