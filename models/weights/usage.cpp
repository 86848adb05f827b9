#include "models/weights/usage.h"

#include <algorithm>

#include "base/error.h"

namespace lockstep {
namespace {

int64_t rows_of(const StoredTensor& tensor) {
  return tensor.shape.empty() ? 1 : tensor.shape.front();
}

void mark(std::vector<bool>& marks, const std::optional<std::vector<int64_t>>& taken) {
  if (!taken) std::fill(marks.begin(), marks.end(), true);
  if (taken) {
    for (const int64_t index : *taken) marks[static_cast<std::size_t>(index)] = true;
  }
}

bool all(const std::vector<bool>& marks) {
  return std::find(marks.begin(), marks.end(), false) == marks.end();
}

}  // namespace

void Usage::add(const StoredTensor& tensor, const Selection& selection, const std::string& where) {
  if (selection.rows && selection.columns) {
    fail(Blame::kData,
         "{}: operations take some rows and some columns; one of them is wanted whole",
         where);
  }
  Marks& marks = marks_[tensor.name];
  marks.rows.resize(static_cast<std::size_t>(rows_of(tensor)));
  if (selection.columns) {
    marks.columns.resize(static_cast<std::size_t>(tensor.shape[1]));
    mark(marks.columns, selection.columns);
  } else {
    mark(marks.rows, selection.rows);
  }
}

bool Usage::is_used_up(const StoredTensor& tensor) const {
  const auto found = marks_.find(tensor.name);
  if (found == marks_.end()) return false;
  const Marks& marks = found->second;
  return all(marks.rows) || (!marks.columns.empty() && all(marks.columns));
}

std::string Usage::unused_part(const StoredTensor& tensor) const {
  const auto found = marks_.find(tensor.name);
  if (found == marks_.end()) return tensor.name;
  const bool is_by_columns = !found->second.columns.empty();
  const std::vector<bool>& marks = is_by_columns ? found->second.columns : found->second.rows;
  const auto unused = std::count(marks.begin(), marks.end(), false);
  return text(
      "{} of {} {} of {}", unused, marks.size(), is_by_columns ? "columns" : "rows", tensor.name);
}

}  // namespace lockstep
