#include "aligner/word_selection.h"

#include <algorithm>

#include "aligner/word_expression.h"
#include "base/error.h"
#include "base/table_file.h"

namespace lockstep {
namespace {

std::vector<uint8_t> content_words(const Words& words) {
  std::vector<uint8_t> marks;
  for (const auto& row : words.rows) marks.push_back(row.content ? 1 : 0);
  return marks;
}

std::vector<uint8_t> listed_words(const Words& words, const std::string& file) {
  if (!std::filesystem::is_regular_file(file)) {
    fail(Blame::kCommandLine,
         "--words {}: no such file; wanted content, all or a table with a column word",
         file);
  }
  const auto table = TableFile::read(file);
  const auto column = table.column("word");
  std::vector<uint8_t> marks(words.rows.size(), 0);
  for (int64_t line = 0; line < table.num_rows(); ++line) {
    const int64_t row = table.integer(line, column);
    if (row < 0 || row >= std::ssize(words.rows)) {
      table.refuse(line, column, text("a row of the words, 0 to {}", words.rows.size() - 1));
    }
    marks[static_cast<std::size_t>(row)] = 1;
  }
  return marks;
}

}  // namespace

int64_t WordSelection::count() const { return std::count(keeps.begin(), keeps.end(), 1); }

void WordSelection::restrict_to(const std::vector<uint8_t>& keep, const std::string& what) {
  int64_t dropped = 0;
  for (std::size_t row = 0; row < keeps.size(); ++row) {
    if (keeps[row] == 0 || keep[row] != 0) continue;
    keeps[row] = 0;
    ++dropped;
  }
  if (dropped > 0) steps.push_back({what, dropped});
}

WordSelection select_words(const Words& words, const std::string& which, const std::string& where) {
  WordSelection selection;
  selection.keeps.assign(words.rows.size(), 1);
  if (which == "content") {
    selection.restrict_to(content_words(words), "not content words");
  } else if (which != "all") {
    selection.restrict_to(listed_words(words, which), "not listed");
    selection.files.emplace_back(which);
  }
  if (!where.empty()) {
    const WhereResult result = evaluate_where(where, words);
    selection.restrict_to(result.keeps, "not " + where);
    selection.files.insert(selection.files.end(), result.files.begin(), result.files.end());
  }
  return selection;
}

}  // namespace lockstep
