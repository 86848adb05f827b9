// Words and tokens to passes. A story's words are numbered in text order here ("place"); a start
// before the first word stands for the contexts that the story's first words do not have.
#include "extractor/plan/windows.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "extractor/plan/word_tokens.h"
#include "models/tokenizers/unicode_age.h"
#include "stimuli/context_window.h"

namespace lockstep {
namespace {

/// A story as the planner needs it.
struct Story {
  std::string name;
  std::string utf8;
  std::u32string text;
  std::vector<int64_t> byte_from_code_point;
  std::vector<int64_t> rows;    // with a span, in text order
  std::vector<CharSpan> spans;  // of each
  WordTokens matched;           // for kSlice
  int64_t first_id = 0;         // of the running text's tokens in WindowPlan::ids, for kSlice
};

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
    finish_audit();
    return std::move(plan_);
  }

 private:
  void choose_words();
  void check_contexts() const;
  void plan_story(std::size_t number);
  Story open_story(std::size_t number);
  void plan_start(const Story& story, int64_t start);
  std::optional<CellTokens> cell_tokens(const Story& story,
                                        int64_t start,
                                        int64_t target,
                                        int64_t word);
  CellTokens slice_tokens(const Story& story, int64_t start, int64_t target) const;
  CellTokens string_tokens(const Story& story, int64_t start, int64_t target, int64_t word);
  std::ptrdiff_t borders_below(const PlannedWindow& window) const;
  void add_value(PlannedCell& cell, const CellTokens& tokens, std::size_t first_window);
  void check_length(const Story& story,
                    int64_t start,
                    int64_t target,
                    const PlannedWindow& window) const;
  void note_unknown_characters(const Story& story);
  void finish_audit();

  const Words& words_;
  const Tokenizer& tokenizer_;
  const WindowOptions& options_;
  ContextWindows windows_;
  std::vector<int64_t> word_from_row_;  // -1: not extracted
  std::vector<uint8_t> without_tokens_;
  std::vector<uint8_t> loses_;
  std::vector<uint8_t> has_unknown_;
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
  const int64_t context = options_.contexts.back().words;
  if (context > static_cast<int64_t>(longest)) {
    fail(Blame::kCommandLine,
         "--context {}: the longest story has {} words in its text; a shorter context is wanted",
         context,
         longest);
  }
}

Story WindowPlanner::open_story(std::size_t number) {
  Story story;
  story.name = words_.stories[number].name;
  story.utf8 = words_.stories[number].utf8;
  story.text = from_utf8(story.utf8, "text of story " + story.name);
  story.byte_from_code_point = byte_offsets(story.utf8);
  story.rows = windows_.story_rows(number);
  for (const int64_t row : story.rows)
    story.spans.push_back(words_.rows[static_cast<std::size_t>(row)].span);
  note_unknown_characters(story);
  if (options_.text == WindowText::kString) return story;

  const auto tokens = tokenizer_.encode(story.utf8);
  story.matched = match_tokens(tokens, story.spans, story.text);
  story.first_id = static_cast<int64_t>(plan_.ids.size());
  for (const Token& token : tokens) plan_.ids.push_back(token.id);
  for (std::size_t place = 0; place < story.rows.size(); ++place) {
    const int64_t word = word_from_row_[static_cast<std::size_t>(story.rows[place])];
    if (word < 0) continue;
    const auto at = static_cast<std::size_t>(word);
    plan_.shared[at] = story.matched.shares[place];
    loses_[at] = story.matched.loses[place];
    without_tokens_[at] = story.matched.of(place).empty() ? 1 : 0;
  }
  return story;
}

void WindowPlanner::note_unknown_characters(const Story& story) {
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
  const Story story = open_story(number);
  const auto num_words = static_cast<int64_t>(story.rows.size());
  for (int64_t start = 1 - options_.contexts.back().words; start < num_words; ++start)
    plan_start(story, start);
}

void WindowPlanner::plan_start(const Story& story, int64_t start) {
  const auto num_words = static_cast<int64_t>(story.rows.size());
  const std::size_t first_window = plan_.windows.size();
  for (std::size_t context = 0; context < options_.contexts.size(); ++context) {
    const int64_t target = start + options_.contexts[context].words - 1;
    if (target < 0 || target >= num_words) continue;
    const int64_t word =
        word_from_row_[static_cast<std::size_t>(story.rows[static_cast<std::size_t>(target)])];
    if (word < 0) continue;
    PlannedCell cell{.context = static_cast<int64_t>(context), .word = word};
    cell.rows_begin = cell.rows_end = static_cast<int64_t>(plan_.rows.size());
    if (start < 0) {
      ++plan_.audit.unavailable[options_.contexts[context].words];
    } else if (const auto tokens = cell_tokens(story, start, target, word)) {
      check_length(story, start, target, tokens->window);
      add_value(cell, *tokens, first_window);
    }
    plan_.cells.push_back(cell);
  }
  if (static_cast<int64_t>(plan_.cells.size()) > plan_.start_offsets.back()) {
    plan_.start_offsets.push_back(static_cast<int64_t>(plan_.cells.size()));
  }
}

std::optional<CellTokens> WindowPlanner::cell_tokens(const Story& story,
                                                     int64_t start,
                                                     int64_t target,
                                                     int64_t word) {
  CellTokens tokens = options_.text == WindowText::kSlice
                          ? slice_tokens(story, start, target)
                          : string_tokens(story, start, target, word);
  if (tokens.rows.empty()) return std::nullopt;
  return tokens;
}

CellTokens WindowPlanner::slice_tokens(const Story& story, int64_t start, int64_t target) const {
  const int64_t first = story.matched.first_from[static_cast<std::size_t>(start)];
  const auto own = story.matched.of(static_cast<std::size_t>(target));
  CellTokens tokens;
  if (own.empty()) return tokens;
  tokens.window = {story.first_id + first, story.first_id + own.back() + 1};
  for (const int64_t token : own) tokens.rows.push_back(token - first);
  return tokens;
}

CellTokens WindowPlanner::string_tokens(const Story& story,
                                        int64_t start,
                                        int64_t target,
                                        int64_t word) {
  const int64_t begin = story.spans[static_cast<std::size_t>(start)].begin;
  const int64_t end = story.spans[static_cast<std::size_t>(target)].end;
  const auto first_byte =
      static_cast<std::size_t>(story.byte_from_code_point[static_cast<std::size_t>(begin)]);
  const auto last_byte =
      static_cast<std::size_t>(story.byte_from_code_point[static_cast<std::size_t>(end)]);
  const auto encoded =
      tokenizer_.encode(std::string_view(story.utf8).substr(first_byte, last_byte - first_byte));
  std::vector<CharSpan> spans;
  for (int64_t place = start; place <= target; ++place) {
    const CharSpan& span = story.spans[static_cast<std::size_t>(place)];
    spans.push_back({span.begin - begin, std::min(span.end, end) - begin});
  }
  const auto text =
      std::u32string_view(story.text)
          .substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  const WordTokens matched = match_tokens(encoded, spans, text);
  const auto own = matched.of(spans.size() - 1);

  CellTokens tokens;
  if (own.empty()) {
    without_tokens_[static_cast<std::size_t>(word)] = 1;
    return tokens;
  }
  if (matched.shares.back() != 0) plan_.shared[static_cast<std::size_t>(word)] = 1;
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
  const auto pooled = cell.rows_end - cell.rows_begin;
  plan_.tokens[static_cast<std::size_t>(cell.context) * plan_.words.size() +
               static_cast<std::size_t>(cell.word)] = static_cast<int32_t>(pooled);
  ++plan_.audit.values_by_tokens[pooled];
}

void WindowPlanner::check_length(const Story& story,
                                 int64_t start,
                                 int64_t target,
                                 const PlannedWindow& window) const {
  if (!options_.max_positions || plan_.num_tokens(window) <= *options_.max_positions) return;
  fail(Blame::kCommandLine,
       "--context {}: rows {} to {} of story {} have {} tokens; the model reads {} at most",
       target - start + 1,
       story.rows[static_cast<std::size_t>(start)],
       story.rows[static_cast<std::size_t>(target)],
       story.name,
       plan_.num_tokens(window),
       *options_.max_positions);
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
