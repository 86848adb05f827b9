#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A table as others publish it (BIDS sidecars, tables of events): tab-separated if the header
/// holds a tab, else comma-separated with RFC 4180 quotes. Accepted, and counted in notes(): a byte
/// order mark, CRLF or CR, rows with too few cells (the rest is n/a) or with empty cells too many,
/// empty lines, the header once more among the rows, columns of the same name (the first is meant).
/// Cells and names are trimmed of spaces and of quotes round the whole. Errors are Error(kData)
/// naming file, line and column.
class LooseTable {
 public:
  static LooseTable read(const std::filesystem::path& path);
  static LooseTable parse(std::string_view bytes, const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<std::string>& columns() const { return columns_; }
  int64_t num_rows() const { return static_cast<int64_t>(cells_.size()); }
  /// What was accepted, one line each: "3 rows have fewer cells than the header".
  const std::vector<std::string>& notes() const { return notes_; }

  /// The first column of that name; capitals do not matter.
  std::optional<std::size_t> find(std::string_view name) const;

  const std::string& cell(int64_t row, std::size_t column) const;
  /// Empty, "n/a", "na" or "nan", whatever the capitals.
  bool is_missing(int64_t row, std::size_t column) const;
  /// Nothing if the cell is missing. What is no finite number is refused.
  std::optional<double> number_if_any(int64_t row, std::size_t column) const;

  /// Throws Error(kData) "<path>:<line>: <column>: "<cell>"; <wanted>".
  [[noreturn]] void refuse(int64_t row, std::size_t column, std::string_view wanted) const;

 private:
  void set_columns(std::vector<std::string> names);

  std::filesystem::path path_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> cells_;
  std::vector<int64_t> lines_;  // of each row in the file, from 1
  std::vector<std::string> notes_;
};

/// `text` in small letters, of ASCII.
std::string in_small_letters(std::string_view text);

}  // namespace lockstep
