#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

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
  std::map<int64_t, int64_t> values_by_tokens;  ///< number of tokens pooled -> number of values
  std::map<int64_t, int64_t> unavailable;  ///< context -> words that have too few words before them

  nlohmann::json to_json() const;
};

/// One line for people: "1,583 words, 2 without tokens, ...".
std::string summary(const TokenAudit& audit);

}  // namespace lockstep
