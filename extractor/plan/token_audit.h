#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// How the words of words.tsv met their tokens: what was left out and what is not clean. Rows are
/// rows of words.tsv.
struct TokenAudit {
  int64_t rows = 0;                     ///< of words.tsv
  int64_t rows_without_span = 0;        ///< not in the text: not extracted, not counted in contexts
  int64_t rows_not_chosen = 0;          ///< with a span, left out by the choice of words
  std::vector<int64_t> without_tokens;  ///< extracted, but no token is theirs: NaN
  std::vector<int64_t> sharing;  ///< extracted; one of their tokens overlaps an earlier word too
  std::vector<int64_t> losing;   ///< extracted; one of their tokens was counted with a later word
  std::map<int64_t, int64_t> values_by_tokens;     ///< number of tokens pooled -> number of values
  std::map<std::string, int64_t> unavailable;      ///< context -> words that do not have as much
  std::vector<int64_t> with_unknown_characters;    ///< extracted; unknown_characters() finds some
  std::map<char32_t, int64_t> unknown_characters;  ///< in the texts, words or not -> how often

  nlohmann::json to_json() const;
};

/// Lines for people: "1,583 of 1,590 words; 2 without a token of their own (NaN); ...", then how
/// many values have how many tokens, then the first few words of each list by row and name, and the
/// first few characters that the tables do not know.
std::vector<std::string> summary(const TokenAudit& audit, const Words& words);

}  // namespace lockstep
