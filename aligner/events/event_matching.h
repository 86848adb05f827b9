#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// A word that was heard.
struct HeardText {
  std::string text;  ///< UTF-8
  int64_t run = -1;  ///< words of a run are matched together
  double onset_s = 0;
};

/// Words that were heard one after the other and were found in one stretch of words.tsv.
struct MatchedStretch {
  int64_t run = -1;
  std::string story;  ///< empty if no story has them
  std::string block;  ///< of words.tsv, if the stretch was looked for in one
  int64_t num_words = 0;
  int64_t num_matched = 0;
  double likeness = 0;  ///< share of the words that stand in the story as three or more in a row
};

struct EventMatching {
  std::vector<int64_t> row;  ///< of words.tsv, for each word that was heard; -1: none
  std::vector<MatchedStretch> stretches;
  int64_t num_parts = 0;    ///< without a row because they are part of the word before: "not" of
                            ///< "cannot"
  int64_t num_by_time = 0;  ///< whose row, among equal words, was chosen by its onset
};

/// Finds the rows of words that were heard. `heard` is in order of run, then of time. Each run is
/// looked for in every story, by longest common subsequence of its words, and aligned with the one
/// that it is like (in the block of the run's number, if the story has it), as `lockstep words`
/// aligns a transcript with a text: spelling, hyphens, numbers and contractions may differ.
/// Stretches of five and more words that find no place are looked for again, so that a passage that
/// was played twice has each row twice. Where rows and events have times that agree, equal words
/// next to each other get the row of their time.
EventMatching match_events(std::span<const HeardText> heard, const Words& words);

}  // namespace lockstep
