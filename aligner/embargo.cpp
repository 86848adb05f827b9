#include "aligner/embargo.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "stimuli/context_window.h"

namespace lockstep {
namespace {

/// Onsets of the words that a fold tests, by recording, ascending.
std::map<std::size_t, std::vector<double>> tested_onsets(std::span<const HeardWord> words,
                                                         const FoldPlan& folds,
                                                         int64_t fold) {
  std::map<std::size_t, std::vector<double>> onsets;
  for (const auto& word : words) {
    if (folds.fold[static_cast<std::size_t>(word.row)] == fold) {
      onsets[word.recording].push_back(word.onset_s);
    }
  }
  for (auto& [recording, times] : onsets) std::sort(times.begin(), times.end());
  return onsets;
}

/// The first row that a context of `row` can hold; nothing if the row has no such context.
std::optional<int64_t> first_row(const ContextWindows& windows,
                                 int64_t row,
                                 const ContextInfo& context) {
  if (context.words > 0) return windows.first_word(row, context.words);
  const int64_t so_far = windows.position(row) + 1;
  if (so_far < 1) return std::nullopt;
  // No word has less than a token of its own, so n tokens are n words at most.
  return windows.first_word(row,
                            context.is_unlimited() ? so_far : std::min(context.tokens, so_far));
}

bool any_closer(const std::vector<double>& sorted, double onset_s, double embargo_s) {
  const auto next = std::lower_bound(sorted.begin(), sorted.end(), onset_s);
  if (next != sorted.end() && *next - onset_s < embargo_s) return true;
  return next != sorted.begin() && onset_s - *std::prev(next) < embargo_s;
}

}  // namespace

std::optional<double> longest_context_s(const Words& words,
                                        const std::vector<uint8_t>& keeps,
                                        const std::vector<ContextInfo>& contexts) {
  const ContextWindows windows(words);
  std::optional<double> longest;
  for (const auto& context : contexts) {
    for (std::size_t row = 0; row < keeps.size(); ++row) {
      if (keeps[row] == 0) continue;
      const auto first = first_row(windows, static_cast<int64_t>(row), context);
      if (!first) continue;
      const auto& target = words.rows[row];
      const double length_s = target.onset_s -
                              words.rows[static_cast<std::size_t>(*first)].onset_s +
                              (std::isnan(target.duration_s) ? 0 : target.duration_s);
      if (std::isnan(length_s)) continue;
      longest = std::max(longest.value_or(0), length_s);
    }
  }
  return longest;
}

std::vector<uint8_t> training_marks(std::span<const HeardWord> words,
                                    const FoldPlan& folds,
                                    double embargo_s) {
  const auto num_folds = static_cast<std::size_t>(folds.num_folds);
  std::vector<uint8_t> trains(words.size() * num_folds, 1);
  for (std::size_t fold = 0; fold < num_folds; ++fold) {
    const auto onsets = tested_onsets(words, folds, static_cast<int64_t>(fold));
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& word = words[i];
      const auto tested = onsets.find(word.recording);
      const bool is_test =
          folds.fold[static_cast<std::size_t>(word.row)] == static_cast<int64_t>(fold);
      const bool is_near =
          tested != onsets.end() && any_closer(tested->second, word.onset_s, embargo_s);
      if (is_test || is_near) trains[i * num_folds + fold] = 0;
    }
  }
  return trains;
}

}  // namespace lockstep
