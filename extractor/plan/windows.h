#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/schemas/tap_axis.h"
#include "base/schemas/words_file.h"
#include "extractor/plan/token_audit.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// How the text of a window becomes tokens: cut out of the running text's tokens, or tokenised by
/// itself.
enum class WindowText { kSlice, kString };
/// Whether one pass may serve all contexts that begin with the same word: only if no token sees a
/// later one.
enum class PassSharing { kByStart, kNone };
enum class WordChoice { kAll, kContent };
/// How the vectors of a word's tokens become one.
enum class Pooling { kMean, kLast, kFirst, kSum };

struct WindowOptions {
  std::vector<ContextInfo> contexts;  ///< as parse_contexts() orders them
  WindowText text = WindowText::kSlice;
  PassSharing sharing = PassSharing::kByStart;
  WordChoice words = WordChoice::kAll;
  Pooling pooling = Pooling::kMean;
  std::vector<int32_t> prefix;           ///< put in front of every window
  std::optional<int64_t> max_positions;  ///< tokens that the model can read, prefix included
  /// Ascending numbers of tokens, prefix included: a model that computes a longer window in another
  /// way (length_borders()) serves values on two sides of one in two passes.
  std::vector<int64_t> length_borders = {};
};

/// The value of one word at one context.
struct PlannedCell {
  int64_t context = 0;     ///< number in WindowOptions::contexts
  int64_t word = 0;        ///< number in WindowPlan::words
  int64_t window = -1;     ///< number in WindowPlan::windows; -1 where there is no value (NaN)
  int64_t rows_begin = 0;  ///< its pooled tokens are WindowPlan::rows[rows_begin, rows_end)
  int64_t rows_end = 0;
  int64_t own_begin = 0;  ///< all its tokens are WindowPlan::own_rows[own_begin, own_end)
  int64_t own_end = 0;
};

/// One forward pass: the prefix, then WindowPlan::ids[begin, end).
struct PlannedWindow {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Every pass that the wanted values need, and which values each gives.
///
/// A context of c words of target t begins with the word t - c + 1, one of n tokens with the token
/// n - 1 before the target's last, one of all the story with its first word: each value has one
/// place where its window begins, and the values are grouped by it (starts, story by story, in text
/// order; those that have no value before the others). With
/// PassSharing::kByStart a start has one window, which reaches as far as its furthest target (one
/// for each stretch between length_borders, so that no value depends on what else is wanted);
/// otherwise each value has its own, which ends with its target.
struct WindowPlan {
  std::vector<int64_t>
      words;  ///< rows of words.tsv that are extracted: those with a span, chosen by WordChoice
  std::vector<std::string> text;  ///< the word of each
  std::vector<int32_t> ids;
  std::vector<int64_t>
      rows;  ///< tokens by their place in their window, the prefix not counted; ascending in a cell
  std::vector<int64_t> own_rows;       ///< the same of all tokens of a word, pooled or not
  std::vector<PlannedWindow> windows;  ///< in order of their starts
  std::vector<PlannedCell> cells;      ///< grouped by start; each (context, word) once
  std::vector<int64_t>
      start_offsets;  ///< start s has cells[start_offsets[s]] .. cells[start_offsets[s + 1] - 1]
  std::vector<int32_t> tokens;  ///< context x word: tokens pooled, 0 where there is no value
  std::vector<uint8_t> shared;  ///< word: 1 if a pooled token overlaps an earlier word too
  std::vector<int32_t> prefix;
  int64_t plain_windows = 0;  ///< what one pass for each value would take
  int64_t plain_tokens = 0;   ///< prefix included
  TokenAudit audit;

  int64_t num_tokens(const PlannedWindow& window) const {
    return window.end - window.begin + static_cast<int64_t>(prefix.size());
  }
};

/// Plans the windows of all words. Throws Error(kData) if there is no word to extract or no word
/// has a token, and Error(kCommandLine) if a context is longer than every story or than what the
/// model can read, naming the longest that it can.
WindowPlan plan_windows(const Words& words,
                        const Tokenizer& tokenizer,
                        const WindowOptions& options);

}  // namespace lockstep
