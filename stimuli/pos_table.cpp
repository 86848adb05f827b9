#include "stimuli/pos_table.h"

#include "base/error.h"
#include "base/table_file.h"
#include "stimuli/word_classes.h"

namespace lockstep {
namespace {

constexpr const char* kSourceMark = "tags: ";

/// The tag of a row by its number, or by where it stands; empty if the table does not name it.
std::string tag_of(const PosTable& table, int64_t number, const WordRow& row) {
  if (!table.by_row.empty()) {
    const auto found = table.by_row.find(number);
    return found == table.by_row.end() ? "" : found->second;
  }
  const auto found = table.by_span.find({row.story, row.span.begin, row.span.end});
  return found == table.by_span.end() ? "" : found->second;
}

}  // namespace

PosTable read_pos_table(const std::filesystem::path& path) {
  const TableFile file = TableFile::read(path);
  PosTable table;
  table.source = path.filename().string();
  for (const auto& comment : file.comments()) {
    if (comment.starts_with(kSourceMark))
      table.source = comment.substr(std::string(kSourceMark).size());
  }
  const auto pos = file.column("pos");
  const bool by_row = file.has_column("row");
  const auto key = by_row ? file.column("row") : file.column("story");
  for (int64_t line = 0; line < file.num_rows(); ++line) {
    const std::string& tag = file.cell(line, pos);
    if (!is_pos_tag(tag)) file.refuse(line, pos, "a Universal POS tag is wanted");
    bool is_new = false;
    if (by_row) {
      is_new = table.by_row.emplace(file.integer(line, key), tag).second;
    } else {
      const int64_t begin = file.integer(line, file.column("char_begin"));
      const int64_t end = file.integer(line, file.column("char_end"));
      is_new = table.by_span.emplace(std::tuple(file.cell(line, key), begin, end), tag).second;
    }
    if (!is_new) file.refuse(line, key, "each word once is wanted");
  }
  return table;
}

int64_t apply_pos_table(const PosTable& table, const std::filesystem::path& path, Words& words) {
  const auto num_rows = static_cast<int64_t>(words.rows.size());
  if (!table.by_row.empty() &&
      (table.by_row.begin()->first < 0 || table.by_row.rbegin()->first >= num_rows)) {
    const int64_t outside = table.by_row.begin()->first < 0 ? table.by_row.begin()->first
                                                            : table.by_row.rbegin()->first;
    fail(Blame::kData, "{}: row {}; rows of these {} words are wanted", path, outside, num_rows);
  }
  int64_t num_named = 0;
  int64_t num_missing = 0;
  for (int64_t number = 0; number < num_rows; ++number) {
    WordRow& row = words.rows[static_cast<std::size_t>(number)];
    if (!row.has_span) continue;
    row.pos = tag_of(table, number, row);
    row.content = is_content_tag(row.pos);
    ++(row.pos.empty() ? num_missing : num_named);
  }
  if (num_named == 0)
    fail(Blame::kData,
         "{}: tags none of these words; tags of the same text and transcript are wanted",
         path);
  words.pos_source = table.source;
  return num_missing;
}

}  // namespace lockstep
