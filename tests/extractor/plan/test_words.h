#pragma once

#include <string>
#include <vector>

#include "base/schemas/words_file.h"
#include "base/utf8.h"

namespace lockstep {

/// Adds a story whose words are the runs of letters, digits and apostrophes of `utf8`; every third
/// word is a content word.
inline void add_story(Words& words, const std::string& name, const std::string& utf8) {
  const auto text = from_utf8(utf8, "test");
  const auto is_inside = [](char32_t c) {
    return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9') ||
           c == U'\'' || c > 0xBF;
  };
  words.stories.push_back({name, utf8});
  for (std::size_t at = 0; at < text.size();) {
    if (!is_inside(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_inside(text[at])) ++at;
    WordRow row;
    row.story = name;
    row.block = "1";
    row.word = to_utf8(text.substr(begin, at - begin));
    row.has_span = true;
    row.span = {static_cast<int64_t>(begin), static_cast<int64_t>(at)};
    row.content = words.rows.size() % 3 == 1;
    words.rows.push_back(row);
  }
}

inline Words words_of(const std::string& utf8) {
  Words words;
  add_story(words, "s", utf8);
  words.sha256 = std::string(64, 'b');
  return words;
}

/// Two stories with what makes trouble: quotes, dashes, headings, digits, two spaces, accents, a
/// row that was said and is not in the text, two rows on one span ("23"), words that touch.
inline Words nasty_words() {
  Words words;
  add_story(words,
            "first",
            "CHAPTER I.\n\n\"Don't,\" she  said - it's 23 o'clock; caf\xC3\xA9 de "
            "l'Op\xC3\xA9ra\xE2\x80\xA6 no\xC2\xA0way!\n\nHe went: on, and on, and on.");
  const auto twice = words.rows[6];
  words.rows.insert(words.rows.begin() + 7, twice);
  WordRow unwritten;
  unwritten.story = "first";
  unwritten.block = "1";
  unwritten.word = "uh";
  words.rows.insert(words.rows.begin() + 3, unwritten);
  add_story(words, "second", "the the the end of the\tend, isn't it the end?");
  words.sha256 = std::string(64, 'b');
  return words;
}

}  // namespace lockstep
