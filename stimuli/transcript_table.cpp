#include "stimuli/transcript_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <tuple>

#include "base/error.h"
#include "base/table_file.h"

namespace lockstep {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \"");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \"") - first + 1);
}

/// The first of `names` that the table has as a column.
std::optional<std::size_t> find_column(const TableFile& table, std::span<const char* const> names) {
  for (const char* name : names) {
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
      if (lower(trimmed(table.columns()[column])) == name) return column;
    }
  }
  return {};
}

struct Columns {
  std::optional<std::size_t> word, onset, duration, end, block, story, type;
};

Columns find_columns(const TableFile& table) {
  static constexpr std::array kType = {"type", "kind", "trial_type"};
  static constexpr std::array kKind = {"kind"};
  static constexpr std::array kSegment = {"segment"};
  static constexpr std::array kWord = {"word", "text", "value", "token", "label"};
  static constexpr std::array kOnset = {"onset", "start", "begin", "timemeg", "tmin", "xmin"};
  static constexpr std::array kDuration = {"duration", "dur"};
  static constexpr std::array kEnd = {"offset", "end", "stop", "tmax", "xmax"};
  static constexpr std::array kBlock = {"block", "run", "file", "sound", "part"};
  static constexpr std::array kStory = {"story", "session"};
  Columns columns;
  columns.type = find_column(table, kType);
  columns.word = find_column(table, kWord);
  if (!columns.word && find_column(table, kKind)) columns.word = find_column(table, kSegment);
  columns.onset = find_column(table, kOnset);
  columns.duration = find_column(table, kDuration);
  columns.end = find_column(table, kEnd);
  columns.block = find_column(table, kBlock);
  columns.story = find_column(table, kStory);
  return columns;
}

/// The value of 'name' in a Python literal {'kind': 'word', 'word': 'tara', ...}; nothing if it has
/// none.
std::optional<std::string> literal_value(const std::string& literal, const std::string& name) {
  for (const char quote : {'\'', '"'}) {
    const std::string key = quote + name + quote;
    for (auto at = literal.find(key); at != std::string::npos; at = literal.find(key, at + 1)) {
      const auto colon = literal.find_first_not_of(' ', at + key.size());
      if (colon == std::string::npos || literal[colon] != ':') continue;  // a value of that name
      const auto begin = literal.find_first_not_of(' ', colon + 1);
      if (begin == std::string::npos || (literal[begin] != '\'' && literal[begin] != '"'))
        return {};
      const auto end =
          literal.find(literal[begin], begin + 1);  // Python quotes with " what holds a '
      if (end == std::string::npos) return {};
      return literal.substr(begin + 1, end - begin - 1);
    }
  }
  return {};
}

/// What an event's type says about its row.
struct EventType {
  bool is_word = false;
  std::string name;  // for counting
  std::optional<std::string> block;
  std::optional<std::string> word;
};

EventType event_type(const std::string& type) {
  static const std::string kArmeni = "word_onset_";
  if (type.starts_with(kArmeni)) {
    std::string run = type.substr(kArmeni.size());
    run.erase(0, std::min(run.find_first_not_of('0'), run.size()));
    return {true, type, run, {}};
  }
  if (type.starts_with('{')) {
    const auto kind = literal_value(type, "kind");
    if (kind != "word") return {false, kind.value_or("no kind"), {}, {}};
    return {true, "word", {}, literal_value(type, "word")};
  }
  if (lower(type) == "word") return {true, type, {}, {}};
  // "phoneme_onset_01" is counted as "phoneme_onset"
  const auto stem = type.find_last_not_of("0123456789");
  const bool numbered = stem != std::string::npos && type[stem] == '_' && stem + 1 < type.size();
  return {false, numbered ? type.substr(0, stem) : type, {}, {}};
}

TimedWord read_word(const TableFile& table,
                    const Columns& columns,
                    int64_t row,
                    const EventType& type) {
  TimedWord word;
  if (columns.word) word.word = trimmed(table.cell(row, *columns.word));
  if (type.word) word.word = *type.word;
  word.block = columns.block ? trimmed(table.cell(row, *columns.block)) : "1";
  if (type.block) word.block = *type.block;
  if (columns.story) word.story = trimmed(table.cell(row, *columns.story));
  word.onset_s =
      columns.onset ? table.number_if_any(row, *columns.onset).value_or(kUnknown) : kUnknown;
  word.duration_s = kUnknown;
  if (columns.duration) {
    word.duration_s = table.number_if_any(row, *columns.duration).value_or(kUnknown);
    if (word.duration_s < 0) table.refuse(row, *columns.duration, "0 or more is wanted");
  } else if (columns.end) {
    word.duration_s = table.number_if_any(row, *columns.end).value_or(kUnknown) - word.onset_s;
    if (word.duration_s < 0)
      table.refuse(row, *columns.end, text("at least the onset, {}, is wanted", word.onset_s));
  }
  return word;
}

/// Puts events in order of story, block, onset: numbered blocks by their number.
void sort_events(std::vector<TimedWord>& words) {
  const auto number = [](const std::string& block) {
    const bool digits = !block.empty() && block.size() < 10 &&
                        block.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::stoll(block) : std::numeric_limits<long long>::max();
  };
  std::stable_sort(words.begin(), words.end(), [&](const TimedWord& left, const TimedWord& right) {
    const auto place = [&](const TimedWord& word) {
      return std::tuple(word.story, number(word.block), word.block);
    };
    if (place(left) != place(right)) return place(left) < place(right);
    return left.onset_s < right.onset_s;
  });
}

}  // namespace

Transcript read_transcript_table(std::string_view bytes, const std::filesystem::path& path) {
  const TableFile table = TableFile::parse(bytes, path);
  const Columns columns = find_columns(table);
  if (!columns.word && !columns.type) {
    fail(Blame::kData,
         "{}: no column of words; one named word, text or value is wanted, there are {}",
         path,
         join(table.columns(), ", "));
  }
  Transcript transcript;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    EventType type = {true, "word", {}, {}};
    if (columns.type) type = event_type(trimmed(table.cell(row, *columns.type)));
    if (type.is_word) {
      transcript.words.push_back(read_word(table, columns, row, type));
      if (columns.type && std::isnan(transcript.words.back().onset_s) && columns.onset) {
        table.refuse(row, *columns.onset, "the onset of a word is wanted");
      }
    } else {
      ++transcript.left_out[type.name.empty() ? "no type" : type.name];
    }
  }
  if (transcript.words.empty() && !transcript.left_out.empty()) {
    std::vector<std::string> types;
    for (const auto& [type, count] : transcript.left_out) types.push_back(type);
    fail(Blame::kData,
         "{}: no event is a word; type \"word\" or \"word_onset_NN\" is wanted, there are {}",
         path,
         join(types, ", "));
  }
  if (columns.type) sort_events(transcript.words);
  return transcript;
}

}  // namespace lockstep
