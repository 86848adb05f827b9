#include "base/table_file.h"

#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/files.h"

namespace lockstep {
namespace {

/// Cells of the line that starts at `at`, which moves behind it. `line` counts the lines that a
/// quoted cell spans.
std::vector<std::string> split_line(std::string_view bytes,
                                    std::size_t& at,
                                    char separator,
                                    int64_t& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (quoted) {
      if (c == '\n') ++line;
      if (c != '"') {
        cells.back() += c;
      } else if (at + 1 < bytes.size() && bytes[at + 1] == '"') {
        cells.back() += bytes[++at];
      } else {
        quoted = false;
      }
    } else if (c == separator) {
      cells.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c == '"' && separator == ',' && cells.back().empty()) {
      quoted = true;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

bool is_missing(const std::string& cell) { return cell.empty() || cell == "n/a"; }

}  // namespace

TableFile TableFile::read(const std::filesystem::path& path) {
  return parse(read_file(path), path);
}

TableFile TableFile::parse(std::string_view bytes, const std::filesystem::path& path) {
  TableFile table;
  table.path_ = path;
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::size_t at = 0;
  int64_t line = 1;
  while (at < bytes.size() && bytes.substr(at).starts_with("# ")) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string comment(bytes.substr(at + 2, end - at - 2));
    if (comment.ends_with('\r')) comment.pop_back();
    table.comments_.push_back(std::move(comment));
    at = std::min(end + 1, bytes.size());
    ++line;
  }
  if (at >= bytes.size()) fail(Blame::kData, "{}: empty; a header line is wanted", path);
  const std::size_t header_end = std::min(bytes.find('\n', at), bytes.size());
  const char separator =
      bytes.substr(at, header_end - at).find('\t') != std::string_view::npos ? '\t' : ',';
  table.columns_ = split_line(bytes, at, separator, line);
  while (at < bytes.size()) {
    const int64_t here = ++line;
    auto cells = split_line(bytes, at, separator, line);
    if (cells.size() == 1 && cells[0].empty() && table.columns_.size() > 1)
      continue;  // an empty line
    if (cells.size() != table.columns_.size()) {
      fail(Blame::kData,
           "{}:{}: {} cells; {} are wanted, as in the header",
           path,
           here,
           cells.size(),
           table.columns_.size());
    }
    table.cells_.push_back(std::move(cells));
    table.lines_.push_back(here);
  }
  return table;
}

bool TableFile::has_column(std::string_view name) const {
  for (const auto& column : columns_) {
    if (column == name) return true;
  }
  return false;
}

std::size_t TableFile::column(std::string_view name) const {
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    if (columns_[k] == name) return k;
  }
  fail(Blame::kData, "{}: no column \"{}\"; there are {}", path_, name, join(columns_, ", "));
}

const std::string& TableFile::cell(int64_t row, std::size_t column) const {
  return cells_.at(static_cast<std::size_t>(row)).at(column);
}

double TableFile::number(int64_t row, std::size_t column) const {
  const std::string& found = cell(row, column);
  double value = 0;
  const auto [end, status] = std::from_chars(found.data(), found.data() + found.size(), value);
  if (status != std::errc() || end != found.data() + found.size() || !std::isfinite(value)) {
    refuse(row, column, "a number is wanted");
  }
  return value;
}

int64_t TableFile::integer(int64_t row, std::size_t column) const {
  const std::string& found = cell(row, column);
  int64_t value = 0;
  const auto [end, status] = std::from_chars(found.data(), found.data() + found.size(), value);
  if (status != std::errc() || end != found.data() + found.size())
    refuse(row, column, "an integer is wanted");
  return value;
}

std::optional<double> TableFile::number_if_any(int64_t row, std::size_t column) const {
  if (is_missing(cell(row, column))) return {};
  return number(row, column);
}

std::optional<int64_t> TableFile::integer_if_any(int64_t row, std::size_t column) const {
  if (is_missing(cell(row, column))) return {};
  return integer(row, column);
}

void TableFile::refuse(int64_t row, std::size_t column, std::string_view wanted) const {
  fail(Blame::kData,
       "{}:{}: {}: \"{}\"; {}",
       path_,
       lines_.at(static_cast<std::size_t>(row)),
       columns_.at(column),
       cell(row, column),
       wanted);
}

TableWriter::TableWriter(const std::vector<std::string>& columns,
                         const std::vector<std::string>& comments)
    : num_columns_(columns.size()) {
  for (const auto& comment : comments) bytes_ += "# " + comment + "\n";
  add_row(columns);
}

void TableWriter::add_row(const std::vector<std::string>& cells) {
  if (cells.size() != num_columns_)
    fail(Blame::kProgram, "table: {} cells in a row of {} columns", cells.size(), num_columns_);
  for (const auto& cell : cells) {
    if (cell.find_first_of("\t\n\r") != std::string::npos)
      fail(Blame::kProgram, "table: a cell holds a tab or a line break: \"{}\"", cell);
  }
  bytes_ += join(cells, "\t") + "\n";
}

}  // namespace lockstep
