#include "aligner/datasets/loose_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/files.h"

namespace lockstep {
namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\f\v";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    std::string inside;
    for (std::size_t at = 0; at < text.size(); ++at) {
      inside += text[at];
      if (text.substr(at).starts_with("\"\"")) ++at;
    }
    return inside;
  }
  return std::string(text);
}

/// LF alone at the end of every line.
std::string with_line_feeds(std::string_view bytes) {
  std::string lines;
  lines.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] != '\r') {
      lines += bytes[at];
    } else if (at + 1 >= bytes.size() || bytes[at + 1] != '\n') {
      lines += '\n';
    }
  }
  return lines;
}

/// Takes the next line's cells off `rest` and returns them. `line` counts the line breaks in
/// quotes.
std::vector<std::string> take_row(std::string_view& rest, char separator, int64_t& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (quoted && c == '"' && rest.substr(at + 1).starts_with('"')) {
      cells.back() += rest[++at];
    } else if (c == '"' && separator == ',' && (quoted || cells.back().empty())) {
      quoted = !quoted;
    } else if (!quoted && c == separator) {
      cells.emplace_back();
    } else if (!quoted && c == '\n') {
      break;
    } else {
      if (c == '\n') ++line;
      cells.back() += c;
    }
  }
  rest.remove_prefix(std::min(at + 1, rest.size()));
  for (std::string& cell : cells) cell = trimmed(cell);
  return cells;
}

/// Counts of what was accepted, in words.
struct Accepted {
  int64_t short_rows = 0;
  int64_t long_rows = 0;
  int64_t headers = 0;
  int64_t empty_lines = 0;

  void add_to(std::vector<std::string>& notes) const {
    const auto add = [&](int64_t count, const char* what) {
      if (count > 0) notes.push_back(text("{} {}", count, what));
    };
    add(short_rows, "rows have fewer cells than the header: the rest is taken as n/a");
    add(long_rows, "rows have more cells than the header: the others are empty");
    add(headers, "rows repeat the header: left out");
    add(empty_lines, "empty lines left out");
  }
};

}  // namespace

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

LooseTable LooseTable::read(const std::filesystem::path& path) {
  return parse(read_file(path), path);
}

void LooseTable::set_columns(std::vector<std::string> names) {
  columns_ = std::move(names);
  std::set<std::string> seen;
  for (const std::string& name : columns_) {
    if (!seen.insert(in_small_letters(name)).second) {
      notes_.push_back(text("column \"{}\" is there more than once: the first is taken", name));
    }
  }
}

LooseTable LooseTable::parse(std::string_view bytes, const std::filesystem::path& path) {
  LooseTable table;
  table.path_ = path;
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    table.notes_.push_back("a byte order mark");
  }
  const std::string lines = with_line_feeds(bytes);
  if (bytes.find('\r') != std::string_view::npos) {
    table.notes_.push_back("lines end with carriage returns");
  }
  std::string_view rest = lines;
  int64_t line = 1;
  Accepted accepted;
  for (; !rest.empty(); ++line) {
    const std::string_view first = rest.substr(0, rest.find('\n'));
    if (!first.starts_with('#') && !trimmed(first).empty()) break;
    if (!first.starts_with('#')) ++accepted.empty_lines;
    rest.remove_prefix(std::min(first.size() + 1, rest.size()));
  }
  if (rest.empty()) fail(Blame::kData, "{}: empty; a header line is wanted", path);
  const std::string_view header = rest.substr(0, rest.find('\n'));
  const char separator = header.find('\t') != std::string_view::npos ? '\t' : ',';
  table.set_columns(take_row(rest, separator, line));
  const std::size_t width = table.columns_.size();
  while (!rest.empty()) {
    const int64_t here = ++line;
    std::vector<std::string> cells = take_row(rest, separator, line);
    if (cells.size() == 1 && cells[0].empty()) {
      ++accepted.empty_lines;
      continue;
    }
    if (cells == table.columns_) {
      ++accepted.headers;
      continue;
    }
    const bool is_wider =
        cells.size() > width && std::any_of(cells.begin() + static_cast<std::ptrdiff_t>(width),
                                            cells.end(),
                                            [](const std::string& cell) { return !cell.empty(); });
    if (is_wider) {
      fail(Blame::kData,
           "{}:{}: {} cells; {} are wanted, as in the header",
           path,
           here,
           cells.size(),
           width);
    }
    accepted.short_rows += cells.size() < width ? 1 : 0;
    accepted.long_rows += cells.size() > width ? 1 : 0;
    cells.resize(width);
    table.cells_.push_back(std::move(cells));
    table.lines_.push_back(here);
  }
  accepted.add_to(table.notes_);
  return table;
}

std::optional<std::size_t> LooseTable::find(std::string_view name) const {
  const std::string wanted = in_small_letters(name);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (in_small_letters(columns_[column]) == wanted) return column;
  }
  return std::nullopt;
}

const std::string& LooseTable::cell(int64_t row, std::size_t column) const {
  return cells_.at(static_cast<std::size_t>(row)).at(column);
}

bool LooseTable::is_missing(int64_t row, std::size_t column) const {
  const std::string small = in_small_letters(cell(row, column));
  return small.empty() || small == "n/a" || small == "na" || small == "nan";
}

std::optional<double> LooseTable::number_if_any(int64_t row, std::size_t column) const {
  if (is_missing(row, column)) return std::nullopt;
  std::string_view found = cell(row, column);
  if (found.starts_with('+')) found.remove_prefix(1);
  double value = 0;
  const auto [end, status] = std::from_chars(found.data(), found.data() + found.size(), value);
  if (status != std::errc() || end != found.data() + found.size() || !std::isfinite(value)) {
    refuse(row, column, "a finite number is wanted");
  }
  return value;
}

void LooseTable::refuse(int64_t row, std::size_t column, std::string_view wanted) const {
  fail(Blame::kData,
       "{}:{}: {}: \"{}\"; {}",
       path_,
       lines_.at(static_cast<std::size_t>(row)),
       columns_.at(column),
       cell(row, column),
       wanted);
}

}  // namespace lockstep
