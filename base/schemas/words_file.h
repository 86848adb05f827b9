#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/provenance.h"

namespace lockstep {

/// Half-open stretch of code points of a story's text.
struct CharSpan {
  int64_t begin = 0;
  int64_t end = 0;
  bool operator==(const CharSpan&) const = default;
};

/// A row of words.tsv: one spoken (or, without a transcript, written) word.
struct WordRow {
  std::string story;
  std::string block;      ///< the sound file or run inside the story
  std::string word;       ///< as the transcript has it
  double onset_s = 0;     ///< seconds of the story's audio; NaN if unknown
  double duration_s = 0;  ///< NaN if unknown
  bool has_span = false;  ///< whether the word was found in the text
  CharSpan span;          ///< code points of the story's text; valid if has_span
  int64_t sentence = -1;  ///< number of its sentence in the story, from 0; -1 if unknown
  std::string pos;        ///< Universal POS tag; empty if unknown
  bool content = false;   ///< NOUN, VERB, ADJ or ADV
};

struct StoryText {
  std::string name;
  std::string utf8;
};

/// A folder written by `lockstep words`: words.tsv and text/<story>.txt. Rows of a story are
/// consecutive. The number of a row, from 0, is the word's name in every other file.
struct Words {
  std::vector<WordRow> rows;
  std::vector<StoryText> stories;  ///< in order of first row
  std::string pos_source;          ///< what made the tags
  std::string
      sha256;  ///< of the rows and the texts: what other files keep to tell these words from others
  Provenance provenance;

  const StoryText& story(const std::string& name) const;
};

/// Reads the folder, or the words.tsv inside it. Checks everything: columns, numbers, spans inside
/// the text and in order, onsets in order within a story. Throws Error(kData) with file, line and
/// column.
Words read_words_folder(const std::filesystem::path& folder);
/// Writes text/<story>.txt, then words.tsv (whole or not at all).
void write_words_folder(const Words& words, const std::filesystem::path& folder);
/// SHA-256 over the words.tsv that would be written and the texts.
std::string words_sha256(const Words& words);

}  // namespace lockstep
