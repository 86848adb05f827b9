#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// One value a row of words.tsv: texts or numbers. A missing number is NaN, a missing text is
/// empty.
struct WordColumn {
  std::string name;
  bool is_text = false;
  std::vector<std::string> texts;
  std::vector<double> numbers;
};

/// A column of words.tsv: story, block, word, pos (texts); row, onset, duration, sentence, content
/// (numbers). Throws Error(kCommandLine) for another name; the message lists these.
WordColumn column_of_words(const Words& words, const std::string& name);

/// A variable of another file of these words, on the axis `word` or, with a context ("50"), on
/// `context` and `word`. With an empty `context` a single context is taken. Rows that the file does
/// not have are NaN. Throws Error(kData) for a variable on other axes and for a file whose words
/// are others.
WordColumn column_of_file(const Words& words,
                          const std::string& variable,
                          const std::string& context,
                          const std::filesystem::path& file);

}  // namespace lockstep
