#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>

#include "base/schemas/words_file.h"

namespace lockstep {

/// Tags of words made elsewhere: a table with a column `pos` beside `story`, `char_begin`,
/// `char_end`, as scripts/tag_words.py writes it, or beside `row`. A comment "# tags: ..." above
/// the header names what made them.
struct PosTable {
  std::string source;  ///< the comment, else the file's name
  std::map<std::tuple<std::string, int64_t, int64_t>, std::string>
      by_span;  ///< story, char_begin, char_end
  std::map<int64_t, std::string> by_row;
};

/// Throws Error(kData): columns, tags that are none of Universal POS, words tagged twice.
PosTable read_pos_table(const std::filesystem::path& path);

/// Replaces pos and content of every row, and pos_source; gives the number of rows with a span that
/// the table does not name: they get no tag and are no content words. Throws Error(kData) if it
/// names none of them, or rows that there are not.
int64_t apply_pos_table(const PosTable& table, const std::filesystem::path& path, Words& words);

}  // namespace lockstep
