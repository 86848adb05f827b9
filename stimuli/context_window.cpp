#include "stimuli/context_window.h"

#include <algorithm>
#include <map>

#include "base/error.h"

namespace lockstep {

ContextWindows::ContextWindows(const Words& words)
    : story_rows_(words.stories.size()),
      story_(words.rows.size()),
      position_(words.rows.size(), -1) {
  std::map<std::string, std::size_t> story_from_name;
  for (std::size_t story = 0; story < words.stories.size(); ++story) {
    story_from_name[words.stories[story].name] = story;
  }
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    const auto found = story_from_name.find(words.rows[row].story);
    if (found == story_from_name.end()) {
      fail(Blame::kProgram,
           "context windows: row {} is of story \"{}\"; its text is wanted",
           row,
           words.rows[row].story);
    }
    story_[row] = found->second;
    if (words.rows[row].has_span) story_rows_[found->second].push_back(static_cast<int64_t>(row));
  }
  for (auto& rows : story_rows_) {
    std::stable_sort(rows.begin(), rows.end(), [&](int64_t left, int64_t right) {
      return words.rows[static_cast<std::size_t>(left)].span.begin <
             words.rows[static_cast<std::size_t>(right)].span.begin;
    });
    for (std::size_t at = 0; at < rows.size(); ++at) {
      position_[static_cast<std::size_t>(rows[at])] = static_cast<int64_t>(at);
    }
  }
}

std::optional<int64_t> ContextWindows::first_word(int64_t row, int64_t context) const {
  if (context < 1)
    fail(Blame::kProgram, "context windows: a context of {} words; 1 or more is wanted", context);
  const std::size_t word = checked(row);
  const int64_t first = position_[word] - context + 1;
  if (position_[word] < 0 || first < 0) return std::nullopt;
  return story_rows_[story_[word]][static_cast<std::size_t>(first)];
}

const std::vector<int64_t>& ContextWindows::story_rows(std::size_t story) const {
  if (story >= story_rows_.size()) {
    fail(Blame::kProgram, "context windows: story {} of {}", story, story_rows_.size());
  }
  return story_rows_[story];
}

int64_t ContextWindows::position(int64_t row) const { return position_[checked(row)]; }

std::size_t ContextWindows::story_of(int64_t row) const { return story_[checked(row)]; }

std::size_t ContextWindows::checked(int64_t row) const {
  if (row < 0 || static_cast<std::size_t>(row) >= position_.size()) {
    fail(Blame::kProgram,
         "context windows: row {}; a row of the {} words is wanted",
         row,
         position_.size());
  }
  return static_cast<std::size_t>(row);
}

}  // namespace lockstep
