#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A text table with a header line: tab-separated if the header holds a tab, else comma-separated
/// with RFC 4180 quotes (in tab-separated files quotes are ordinary characters). Lines that begin
/// with "# " before the header are comments. A byte order mark and CRLF are accepted. Every failed
/// read names file, line and column.
class TableFile {
 public:
  static TableFile read(const std::filesystem::path& path);
  static TableFile parse(std::string_view bytes, const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<std::string>& comments() const { return comments_; }
  const std::vector<std::string>& columns() const { return columns_; }
  int64_t num_rows() const { return static_cast<int64_t>(cells_.size()); }
  bool has_column(std::string_view name) const;
  /// Index of a column that must exist; the message lists those there are.
  std::size_t column(std::string_view name) const;

  const std::string& cell(int64_t row, std::size_t column) const;
  double number(int64_t row, std::size_t column) const;  ///< finite
  int64_t integer(int64_t row, std::size_t column) const;
  /// Nothing if the cell is empty or "n/a".
  std::optional<double> number_if_any(int64_t row, std::size_t column) const;
  std::optional<int64_t> integer_if_any(int64_t row, std::size_t column) const;

  /// Throws Error(kData) "<path>:<line>: <column>: "<cell>"; <wanted>".
  [[noreturn]] void refuse(int64_t row, std::size_t column, std::string_view wanted) const;

 private:
  std::filesystem::path path_;
  std::vector<std::string> comments_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> cells_;
  std::vector<int64_t> lines_;  // of each row in the file, from 1
};

/// Tab-separated text. A cell with a tab or a line break throws Error(kProgram).
class TableWriter {
 public:
  explicit TableWriter(const std::vector<std::string>& columns,
                       const std::vector<std::string>& comments = {});
  void add_row(const std::vector<std::string>& cells);
  const std::string& bytes() const { return bytes_; }

 private:
  std::size_t num_columns_;
  std::string bytes_;
};

}  // namespace lockstep
