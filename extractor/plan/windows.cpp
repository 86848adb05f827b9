// Words and tokens to passes.
#include "extractor/plan/windows.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "base/utf8.h"
#include "extractor/plan/story_tokens.h"
#include "extractor/plan/wanted_cells.h"
#include "models/tokenizers/unicode_age.h"
#include "stimuli/context_window.h"

namespace lockstep {
namespace {

/// Where a value comes from.
struct CellTokens {
  PlannedWindow window;
  std::vector<int64_t> rows;  // all tokens of the word, by their place in the window
};

class WindowPlanner {
 public:
  WindowPlanner(const Words& words, const Tokenizer& tokenizer, const WindowOptions& options)
      : words_(words), tokenizer_(tokenizer), options_(options), windows_(words) {
    if (options.contexts.empty()) fail(Blame::kProgram, "windows: no context");
    plan_.prefix = options.prefix;
  }

  WindowPlan run() && {
    choose_words();
    check_contexts();
    plan_.start_offsets.push_back(0);
    for (std::size_t story = 0; story < words_.stories.size(); ++story) plan_story(story);
    check_lengths();
    finish_audit();
    return std::move(plan_);
  }

 private:
  void choose_words();
  void check_contexts() const;
  void plan_story(std::size_t number);
  StoryTokens read_story(std::size_t number);
  void plan_start(const StoryTokens& story, std::span<const WantedCell> cells);
  CellTokens slice_tokens(const StoryTokens& story, const WantedCell& cell) const;
  CellTokens string_tokens(const StoryTokens& story, const WantedCell& cell);
  std::ptrdiff_t borders_below(const PlannedWindow& window) const;
  void add_value(PlannedCell& cell, const CellTokens& tokens, std::size_t first_window);
  void note_length(const StoryTokens& story, const WantedCell& cell, const PlannedWindow& window);
  void note_unknown_characters(const StoryTokens& story);
  void check_lengths() const;
  void finish_audit();

  const Words& words_;
  const Tokenizer& tokenizer_;
  const WindowOptions& options_;
  ContextWindows windows_;
  std::vector<int64_t> word_from_row_;  // -1: not extracted
  std::vector<uint8_t> without_tokens_;
  std::vector<uint8_t> loses_;
  std::vector<uint8_t> has_unknown_;
  int64_t first_id_ = 0;                    // of the story's tokens in WindowPlan::ids
  std::string too_long_;                    // the first window that the model cannot read
  std::optional<int64_t> longest_context_;  // in words, that the model can read
  WindowPlan plan_;
};

void WindowPlanner::choose_words() {
  plan_.audit.rows = static_cast<int64_t>(words_.rows.size());
  word_from_row_.assign(words_.rows.size(), -1);
  for (std::size_t row = 0; row < words_.rows.size(); ++row) {
    const WordRow& word = words_.rows[row];
    if (!word.has_span) {
      ++plan_.audit.rows_without_span;
    } else if (options_.words == WordChoice::kContent && !word.content) {
      ++plan_.audit.rows_not_chosen;
    } else {
      word_from_row_[row] = static_cast<int64_t>(plan_.words.size());
      plan_.words.push_back(static_cast<int64_t>(row));
      plan_.text.push_back(word.word);
    }
  }
  if (plan_.words.empty()) {
    fail(Blame::kData,
         "words: none of {} rows to extract ({} not in the text, {} not content words)",
         words_.rows.size(),
         plan_.audit.rows_without_span,
         plan_.audit.rows_not_chosen);
  }
  plan_.tokens.assign(options_.contexts.size() * plan_.words.size(), 0);
  plan_.shared.assign(plan_.words.size(), 0);
  without_tokens_.assign(plan_.words.size(), 0);
  loses_.assign(plan_.words.size(), 0);
  has_unknown_.assign(plan_.words.size(), 0);
}

void WindowPlanner::check_contexts() const {
  std::size_t longest = 0;
  for (std::size_t story = 0; story < words_.stories.size(); ++story) {
    longest = std::max(longest, windows_.story_rows(story).size());
  }
  const auto in_front = static_cast<int64_t>(options_.prefix.size());
  for (const ContextInfo& context : options_.contexts) {
    if (context.words > static_cast<int64_t>(longest)) {
      fail(Blame::kCommandLine,
           "--context {}: the longest story has {} words in its text; a shorter context is wanted",
           context.name,
           longest);
    }
    if (context.tokens == 0) continue;
    if (options_.text == WindowText::kString) {
      fail(Blame::kCommandLine,
           "--context {}: tokens are counted in the running text; --windows slice is wanted",
           context.name);
    }
    if (options_.max_positions && context.tokens + in_front > *options_.max_positions) {
      fail(Blame::kCommandLine,
           "--context {}: the model reads {} tokens at most, {} of them in front of the text; {}t "
           "or less is wanted",
           context.name,
           *options_.max_positions,
           in_front,
           *options_.max_positions - in_front);
    }
  }
}

StoryTokens WindowPlanner::read_story(std::size_t number) {
  StoryTokens story = open_story(words_, words_.stories[number], windows_.story_rows(number));
  note_unknown_characters(story);
  if (options_.text == WindowText::kString) return story;

  tokenise(story, tokenizer_);
  first_id_ = static_cast<int64_t>(plan_.ids.size());
  plan_.ids.insert(plan_.ids.end(), story.ids.begin(), story.ids.end());
  for (std::size_t place = 0; place < story.rows.size(); ++place) {
    const int64_t word = word_from_row_[static_cast<std::size_t>(story.rows[place])];
    if (word < 0) continue;
    const auto at = static_cast<std::size_t>(word);
    plan_.shared[at] = story.matched.shares[place];
    loses_[at] = story.matched.loses[place];
    without_tokens_[at] = story.matched.of(place).empty() ? 1 : 0;
  }
  if (options_.max_positions) {
    const int64_t most = *options_.max_positions - static_cast<int64_t>(options_.prefix.size());
    const int64_t fitting = longest_context_of(story, most);
    if (fitting < static_cast<int64_t>(story.rows.size())) {
      longest_context_ = std::min(longest_context_.value_or(fitting), fitting);
    }
  }
  return story;
}

void WindowPlanner::note_unknown_characters(const StoryTokens& story) {
  for (const UnknownCharacter& unknown : unknown_characters(story.utf8)) {
    ++plan_.audit.unknown_characters[unknown.character];
    const auto position = static_cast<int64_t>(unknown.position);
    for (std::size_t place = 0; place < story.rows.size(); ++place) {
      const CharSpan& span = story.spans[place];
      const int64_t word = word_from_row_[static_cast<std::size_t>(story.rows[place])];
      if (word >= 0 && span.begin <= position && position < span.end) {
        has_unknown_[static_cast<std::size_t>(word)] = 1;
      }
    }
  }
}

void WindowPlanner::plan_story(std::size_t number) {
  const StoryTokens story = read_story(number);
  const auto cells = wanted_cells(story, options_, word_from_row_);
  for (std::size_t begin = 0; begin < cells.size();) {
    std::size_t end = begin + 1;
    while (end < cells.size() && cells[end].start == cells[begin].start) ++end;
    plan_start(story, std::span(cells).subspan(begin, end - begin));
    begin = end;
  }
}

void WindowPlanner::plan_start(const StoryTokens& story, std::span<const WantedCell> cells) {
  const std::size_t first_window = plan_.windows.size();
  for (const WantedCell& wanted : cells) {
    PlannedCell cell{.context = static_cast<int64_t>(wanted.context), .word = wanted.word};
    cell.rows_begin = cell.rows_end = static_cast<int64_t>(plan_.rows.size());
    if (!wanted.is_available) {
      ++plan_.audit.unavailable[options_.contexts[wanted.context].name];
    } else if (wanted.start >= 0) {
      const CellTokens tokens = options_.text == WindowText::kSlice ? slice_tokens(story, wanted)
                                                                    : string_tokens(story, wanted);
      if (!tokens.rows.empty()) {
        note_length(story, wanted, tokens.window);
        add_value(cell, tokens, first_window);
      }
    }
    plan_.cells.push_back(cell);
  }
  plan_.start_offsets.push_back(static_cast<int64_t>(plan_.cells.size()));
}

CellTokens WindowPlanner::slice_tokens(const StoryTokens& story, const WantedCell& cell) const {
  CellTokens tokens{.window = {first_id_ + cell.start, first_id_ + cell.last + 1}, .rows = {}};
  for (const int64_t token : story.matched.of(cell.place)) {
    tokens.rows.push_back(token - cell.start);
  }
  return tokens;
}

CellTokens WindowPlanner::string_tokens(const StoryTokens& story, const WantedCell& cell) {
  const auto start = static_cast<std::size_t>(cell.start);
  const int64_t begin = story.spans[start].begin;
  const int64_t end = story.spans[cell.place].end;
  const auto first_byte =
      static_cast<std::size_t>(story.byte_from_code_point[static_cast<std::size_t>(begin)]);
  const auto last_byte =
      static_cast<std::size_t>(story.byte_from_code_point[static_cast<std::size_t>(end)]);
  const auto encoded =
      tokenizer_.encode(std::string_view(story.utf8).substr(first_byte, last_byte - first_byte));
  std::vector<CharSpan> spans;
  for (std::size_t place = start; place <= cell.place; ++place) {
    const CharSpan& span = story.spans[place];
    spans.push_back({span.begin - begin, std::min(span.end, end) - begin});
  }
  const auto text =
      std::u32string_view(story.text)
          .substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  const WordTokens matched = match_tokens(encoded, spans, text);
  const auto own = matched.of(spans.size() - 1);

  CellTokens tokens;
  if (own.empty()) {
    without_tokens_[static_cast<std::size_t>(cell.word)] = 1;
    return tokens;
  }
  if (matched.shares.back() != 0) plan_.shared[static_cast<std::size_t>(cell.word)] = 1;
  tokens.window.begin = static_cast<int64_t>(plan_.ids.size());
  for (const Token& token : encoded) plan_.ids.push_back(token.id);
  tokens.window.end = static_cast<int64_t>(plan_.ids.size());
  tokens.rows.assign(own.begin(), own.end());
  return tokens;
}

// How many length borders a window has passed.
std::ptrdiff_t WindowPlanner::borders_below(const PlannedWindow& window) const {
  const auto& borders = options_.length_borders;
  return std::lower_bound(borders.begin(), borders.end(), plan_.num_tokens(window)) -
         borders.begin();
}

void WindowPlanner::add_value(PlannedCell& cell,
                              const CellTokens& tokens,
                              std::size_t first_window) {
  const bool shares_pass =
      options_.text == WindowText::kSlice && options_.sharing == PassSharing::kByStart;
  if (shares_pass && plan_.windows.size() > first_window &&
      borders_below(plan_.windows.back()) == borders_below(tokens.window)) {
    plan_.windows.back().end = std::max(plan_.windows.back().end, tokens.window.end);
  } else {
    plan_.windows.push_back(tokens.window);
  }
  cell.window = static_cast<int64_t>(plan_.windows.size()) - 1;
  ++plan_.plain_windows;
  plan_.plain_tokens += plan_.num_tokens(tokens.window);

  switch (options_.pooling) {
    case Pooling::kFirst:
      plan_.rows.push_back(tokens.rows.front());
      break;
    case Pooling::kLast:
      plan_.rows.push_back(tokens.rows.back());
      break;
    case Pooling::kMean:
    case Pooling::kSum:
      plan_.rows.insert(plan_.rows.end(), tokens.rows.begin(), tokens.rows.end());
      break;
  }
  cell.rows_end = static_cast<int64_t>(plan_.rows.size());
  cell.own_begin = static_cast<int64_t>(plan_.own_rows.size());
  plan_.own_rows.insert(plan_.own_rows.end(), tokens.rows.begin(), tokens.rows.end());
  cell.own_end = static_cast<int64_t>(plan_.own_rows.size());
  const auto pooled = cell.rows_end - cell.rows_begin;
  plan_.tokens[static_cast<std::size_t>(cell.context) * plan_.words.size() +
               static_cast<std::size_t>(cell.word)] = static_cast<int32_t>(pooled);
  ++plan_.audit.values_by_tokens[pooled];
}

void WindowPlanner::note_length(const StoryTokens& story,
                                const WantedCell& cell,
                                const PlannedWindow& window) {
  if (!options_.max_positions || plan_.num_tokens(window) <= *options_.max_positions) return;
  if (!too_long_.empty()) return;
  const ContextInfo& context = options_.contexts[cell.context];
  const int64_t words = context.words > 0 ? context.words : static_cast<int64_t>(cell.place) + 1;
  too_long_ =
      text("--context {}: rows {} to {} of story {} have {} tokens; the model reads {} at most",
           context.name,
           story.rows[cell.place + 1 - static_cast<std::size_t>(words)],
           story.rows[cell.place],
           story.name,
           plan_.num_tokens(window),
           *options_.max_positions);
}

void WindowPlanner::check_lengths() const {
  if (too_long_.empty()) return;
  if (longest_context_.value_or(0) < 1) fail(Blame::kCommandLine, "{}", too_long_);
  fail(Blame::kCommandLine,
       "{}: contexts of up to {} words have no more",
       too_long_,
       *longest_context_);
}

void WindowPlanner::finish_audit() {
  if (plan_.windows.empty()) {
    fail(Blame::kData,
         "words: none of {} words has a token of its own; a tokenizer that knows the text's "
         "characters is wanted",
         plan_.words.size());
  }
  for (std::size_t word = 0; word < plan_.words.size(); ++word) {
    if (without_tokens_[word] != 0) plan_.audit.without_tokens.push_back(plan_.words[word]);
    if (plan_.shared[word] != 0) plan_.audit.sharing.push_back(plan_.words[word]);
    if (loses_[word] != 0) plan_.audit.losing.push_back(plan_.words[word]);
    if (has_unknown_[word] != 0) plan_.audit.with_unknown_characters.push_back(plan_.words[word]);
  }
}

}  // namespace

WindowPlan plan_windows(const Words& words,
                        const Tokenizer& tokenizer,
                        const WindowOptions& options) {
  return WindowPlanner(words, tokenizer, options).run();
}

}  // namespace lockstep
