#pragma once

#include <map>
#include <optional>
#include <vector>

#include "extractor/plan/windows.h"
#include "tests/extractor/plan/fake_tokenizers.h"

namespace lockstep {

/// What a value is made of: the ids that a causal model reads, and which of them are pooled.
struct Reading {
  std::vector<int32_t> ids;  ///< from the first of the window to the last that is pooled
  std::vector<int64_t> rows;
  bool operator==(const Reading&) const = default;
};
using Readings = std::map<std::pair<int64_t, int64_t>,
                          std::optional<Reading>>;  ///< by (context_key, row of words.tsv)

/// Words; tokens below 0; 0 for all.
inline int64_t context_key(const ContextInfo& context) {
  return context.words > 0 ? context.words : -context.tokens;
}

/// Whether the token's text, leading white space aside, touches the word's span.
inline bool touches(const Token& token, const CharSpan& word, std::u32string_view text) {
  int64_t begin = token.begin;
  while (begin < token.end &&
         std::u32string_view(U" \n\t\u00A0").find(text[static_cast<std::size_t>(begin)]) !=
             std::u32string_view::npos)
    ++begin;
  return begin < token.end && begin < word.end && token.end > word.begin;
}

/// The readings of a story by the definition, one (context, word) after the other, each from a
/// search through all tokens.
inline void add_readings(const Words& words,
                         const StoryText& story,
                         const FakeTokenizer& tokenizer,
                         const WindowOptions& options,
                         Readings& readings) {
  const auto text = from_utf8(story.utf8, "test");
  const auto tokens = tokenizer.encode(story.utf8);
  std::vector<int64_t> rows;
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    if (words.rows[row].story == story.name && words.rows[row].has_span)
      rows.push_back(static_cast<int64_t>(row));
  }
  const auto span = [&](std::size_t place) {
    return words.rows[static_cast<std::size_t>(rows[place])].span;
  };
  const auto owner = [&](const Token& token) {
    std::ptrdiff_t last = -1;
    for (std::size_t place = 0; place < rows.size(); ++place) {
      if (touches(token, span(place), text)) last = static_cast<std::ptrdiff_t>(place);
    }
    return last;
  };
  for (const auto& context : options.contexts) {
    for (std::size_t target = 0; target < rows.size(); ++target) {
      if (options.words == WordChoice::kContent &&
          !words.rows[static_cast<std::size_t>(rows[target])].content)
        continue;
      auto& reading = readings[{context_key(context), rows[target]}];
      const auto first =
          context.words > 0 ? static_cast<std::ptrdiff_t>(target) - context.words + 1 : 0;
      if (first < 0) continue;
      std::optional<std::size_t> begin;
      if (context.tokens > 0) {
        std::vector<std::size_t> own;
        for (std::size_t token = 0; token < tokens.size(); ++token) {
          if (owner(tokens[token]) == static_cast<std::ptrdiff_t>(target)) own.push_back(token);
        }
        if (own.empty() || own.back() + 1 < static_cast<std::size_t>(context.tokens)) continue;
        begin = own.back() + 1 - static_cast<std::size_t>(context.tokens);
        if (*begin > own.front()) continue;
      }
      Reading found;
      for (std::size_t token = 0; token < tokens.size(); ++token) {
        const auto place = owner(tokens[token]);
        if (!begin && place >= first) begin = token;
        if (place == static_cast<std::ptrdiff_t>(target))
          found.rows.push_back(static_cast<int64_t>(token - *begin));
      }
      if (found.rows.empty()) continue;
      for (int64_t token = 0; token <= found.rows.back(); ++token)
        found.ids.push_back(tokens[*begin + static_cast<std::size_t>(token)].id);
      reading = found;
    }
  }
}

inline Readings readings_by_definition(const Words& words,
                                       const FakeTokenizer& tokenizer,
                                       const WindowOptions& options) {
  Readings readings;
  for (const auto& story : words.stories) add_readings(words, story, tokenizer, options, readings);
  return readings;
}

}  // namespace lockstep
