#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/schemas/scores_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Which rows of words.tsv are left, and what each step took away.
struct WordSelection {
  std::vector<uint8_t> keeps;   ///< by row of words.tsv
  std::vector<WordStep> steps;  ///< only those that took something
  std::vector<std::filesystem::path>
      files;  ///< read on the way: the table of words, the files of --where

  int64_t count() const;
  /// Drops what `keep` (by row) does not have, and notes how many that were.
  void restrict_to(const std::vector<uint8_t>& keep, const std::string& what);
};

/// `which` is "content", "all" or a table with a column `word` of row numbers; `where` is an
/// expression (may be empty). Throws Error(kData) for a bad table, Error(kCommandLine) for a bad
/// expression.
WordSelection select_words(const Words& words, const std::string& which, const std::string& where);

}  // namespace lockstep
