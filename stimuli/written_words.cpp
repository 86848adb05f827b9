#include "stimuli/written_words.h"

#include <algorithm>

#include "stimuli/characters.h"

namespace lockstep {
namespace {

bool is_core(char32_t c) { return is_letter(c) || is_number(c) || is_spoken_sign(c); }

char32_t at(std::u32string_view text, int64_t position) {
  return position >= 0 && position < static_cast<int64_t>(text.size())
             ? text[static_cast<std::size_t>(position)]
             : 0;
}

/// Length of what separates words at `position`, 0 if nothing does.
int64_t separator_length(std::u32string_view text, int64_t position) {
  const char32_t c = at(text, position);
  if (is_space(c) || is_dash(c) || c == 0x2026) return 1;  // U+2026: ellipsis
  int64_t run = 1;
  while (at(text, position + run) == c) ++run;
  if ((is_hyphen(c) && run > 1) || (c == U'.' && run > 2)) return run;
  return 0;
}

/// "U.S.", "D.D.", "a.m.": at least two single letters, each with a period.
bool are_initials(std::u32string_view text, CharSpan span) {
  int64_t letters = 0;
  for (int64_t position = span.begin; position < span.end; position += 2) {
    if (!is_letter(at(text, position))) return false;
    if (at(text, position + 1) != U'.')
      return false;  // the last period stands just behind the span
    ++letters;
  }
  return letters > 1;
}

/// `piece` without the punctuation around it; empty if nothing is left.
CharSpan stripped(std::u32string_view text, CharSpan piece) {
  while (piece.begin < piece.end && !is_core(at(text, piece.begin))) ++piece.begin;
  while (piece.end > piece.begin && !is_core(at(text, piece.end - 1)) &&
         !is_combining(at(text, piece.end - 1)))
    --piece.end;
  return piece;
}

}  // namespace

bool is_spoken_sign(char32_t c) {
  return c == U'$' || c == U'%' || c == U'&' || c == 0xA3 || c == 0xA5 ||
         (c >= 0x20A0 && c <= 0x20CF);
}

std::vector<CharSpan> written_words(std::u32string_view text) {
  std::vector<CharSpan> words;
  const auto size = static_cast<int64_t>(text.size());
  int64_t begin = 0;
  while (begin < size) {
    const int64_t skipped = separator_length(text, begin);
    if (skipped > 0) {
      begin += skipped;
      continue;
    }
    int64_t end = begin;
    while (end < size && separator_length(text, end) == 0) ++end;
    CharSpan word = stripped(text, {begin, end});
    if (word.begin < word.end) {
      if (are_initials(text, {word.begin, word.end})) word.end = std::min(end, word.end + 1);
      words.push_back(word);
    }
    begin = end;
  }
  return words;
}

std::vector<CharSpan> word_parts(std::u32string_view text, CharSpan word) {
  std::vector<CharSpan> parts;
  int64_t begin = word.begin;
  for (int64_t position = word.begin; position <= word.end; ++position) {
    const char32_t c = at(text, position);
    const bool divides =
        position == word.end || is_hyphen(c) || is_dash(c) || c == U'/' || is_space(c);
    if (!divides) continue;
    const CharSpan part = stripped(text, {begin, position});
    if (part.begin < part.end) parts.push_back(part);
    begin = position + 1;
  }
  // The last part keeps what the word keeps: the period of initials.
  if (!parts.empty() && at(text, word.end - 1) == U'.') parts.back().end = word.end;
  return parts;
}

}  // namespace lockstep
