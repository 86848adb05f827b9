#pragma once

#include <cstdint>
#include <span>

namespace lockstep {

/// Code points [first, last] that are written in one script.
struct ScriptRange {
  char32_t first = 0;
  char32_t last = 0;
  uint8_t script = 0;
};

/// The scripts that UnicodeScripts of tokenizers 0.23 knows, in order of code points: those of
/// Unicode 9, with Hiragana and Katakana counted as Han, and the space as of no script.
std::span<const ScriptRange> script_table();

}  // namespace lockstep
