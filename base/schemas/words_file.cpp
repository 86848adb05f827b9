#include "base/schemas/words_file.h"

#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"
#include "base/schemas/words_layout.h"
#include "base/sha256.h"
#include "base/table_file.h"
#include "base/utf8.h"

namespace lockstep {
namespace {

std::string number_or_empty(double value) { return std::isnan(value) ? "" : to_text(value); }

std::string table_bytes(const Words& words) {
  TableWriter table(std::vector<std::string>(kWordsColumns.begin(), kWordsColumns.end()),
                    {kWordsLayout,
                     kPosSourceMark + words.pos_source,
                     kProvenanceMark + words.provenance.to_json().dump()});
  for (const auto& row : words.rows) {
    table.add_row({row.story,
                   row.block,
                   row.word,
                   number_or_empty(row.onset_s),
                   number_or_empty(row.duration_s),
                   row.has_span ? to_text(row.span.begin) : "",
                   row.has_span ? to_text(row.span.end) : "",
                   row.sentence < 0 ? "" : to_text(row.sentence),
                   row.pos,
                   row.content ? "1" : "0"});
  }
  return table.bytes();
}

std::string digest(const std::string& table, const std::vector<StoryText>& stories) {
  std::string all = sha256_of(table);
  for (const auto& story : stories) all += story.name + '\n' + sha256_of(story.utf8);
  return sha256_of(all);
}

/// A story's name is a file name of the folder text/: nothing that could lead out of it.
void check_story_name(const TableFile& table, int64_t row, std::size_t column) {
  const std::string& name = table.cell(row, column);
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos)
    table.refuse(row, column, "a file name is wanted");
}

struct Columns {
  std::size_t story, block, word, onset, duration, begin, end, sentence, pos, content;
  explicit Columns(const TableFile& t)
      : story(t.column("story")),
        block(t.column("block")),
        word(t.column("word")),
        onset(t.column("onset")),
        duration(t.column("duration")),
        begin(t.column("char_begin")),
        end(t.column("char_end")),
        sentence(t.column("sentence")),
        pos(t.column("pos")),
        content(t.column("content")) {}
};

WordRow read_row(const TableFile& table, const Columns& at, int64_t row) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  check_story_name(table, row, at.story);
  WordRow word;
  word.story = table.cell(row, at.story);
  word.block = table.cell(row, at.block);
  word.word = table.cell(row, at.word);
  word.onset_s = table.number_if_any(row, at.onset).value_or(kNone);
  word.duration_s = table.number_if_any(row, at.duration).value_or(kNone);
  if (word.duration_s < 0) table.refuse(row, at.duration, "0 or more is wanted");
  const auto begin = table.integer_if_any(row, at.begin);
  const auto end = table.integer_if_any(row, at.end);
  word.has_span = begin.has_value();
  if (begin.has_value() != end.has_value())
    table.refuse(row, at.end, "char_begin and char_end are wanted both or neither");
  if (begin) word.span = {*begin, *end};
  if (begin && (*begin < 0 || *end <= *begin))
    table.refuse(row, at.end, text("more than char_begin, {}, is wanted", *begin));
  word.sentence = table.integer_if_any(row, at.sentence).value_or(-1);
  word.pos = table.cell(row, at.pos);
  const std::string& content = table.cell(row, at.content);
  if (content != "0" && content != "1") table.refuse(row, at.content, "0 or 1 is wanted");
  word.content = content == "1";
  return word;
}

/// Reads the texts of the stories, and checks the rows of each against its text and against each
/// other.
void check_stories(Words& words,
                   const TableFile& table,
                   const Columns& at,
                   const std::filesystem::path& folder) {
  std::set<std::string> finished;
  int64_t length = 0;
  CharSpan last_span;
  double last_onset = -std::numeric_limits<double>::infinity();
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    const WordRow& word = words.rows[static_cast<std::size_t>(row)];
    if (words.stories.empty() || words.stories.back().name != word.story) {
      if (!finished.insert(word.story).second)
        table.refuse(row, at.story, "rows of a story must be consecutive");
      const auto path = folder / "text" / (word.story + ".txt");
      words.stories.push_back({word.story, read_file(path)});
      length = static_cast<int64_t>(from_utf8(words.stories.back().utf8, path.string()).size());
      last_span = {};
      last_onset = -std::numeric_limits<double>::infinity();
    }
    if (word.has_span && word.span.end > length)
      table.refuse(row, at.end, text("the text has {} code points", length));
    if (word.has_span && word.span.begin < last_span.end) {
      table.refuse(
          row,
          at.begin,
          text("at least {} is wanted: spans follow the text and do not overlap", last_span.end));
    }
    if (word.has_span) last_span = word.span;
    if (word.onset_s < last_onset)
      table.refuse(
          row,
          at.onset,
          text("at least {} is wanted: rows of a story are in order of onset", last_onset));
    if (!std::isnan(word.onset_s)) last_onset = word.onset_s;
  }
}

}  // namespace

const StoryText& Words::story(const std::string& name) const {
  for (const auto& candidate : stories) {
    if (candidate.name == name) return candidate;
  }
  fail(Blame::kProgram, "words: there is no story {}", name);
}

Words read_words_folder(const std::filesystem::path& given) {
  const auto folder = std::filesystem::is_directory(given) ? given : given.parent_path();
  const auto path = folder / "words.tsv";
  if (!std::filesystem::exists(path))
    fail(Blame::kData,
         "{}: there is no words.tsv; a folder written by lockstep words is wanted",
         given);
  const std::string bytes = read_file(path);
  const TableFile table = TableFile::parse(bytes, path);
  Words words;
  for (const auto& comment : table.comments()) {
    if (comment.starts_with(kPosSourceMark))
      words.pos_source = comment.substr(std::string(kPosSourceMark).size());
    if (comment.starts_with(kProvenanceMark)) {
      const std::string where = path.string() + ": provenance";
      words.provenance = Provenance::from_json(
          parse_json(comment.substr(std::string(kProvenanceMark).size()), where), where);
    }
  }
  const Columns columns(table);
  for (int64_t row = 0; row < table.num_rows(); ++row)
    words.rows.push_back(read_row(table, columns, row));
  check_stories(words, table, columns, folder);
  words.sha256 = digest(bytes, words.stories);
  return words;
}

void write_words_folder(const Words& words, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "text");
  for (const auto& story : words.stories)
    write_file_whole(folder / "text" / (story.name + ".txt"), story.utf8);
  write_file_whole(folder / "words.tsv", table_bytes(words));
}

std::string words_sha256(const Words& words) { return digest(table_bytes(words), words.stories); }

}  // namespace lockstep
