#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"
#include "stimuli/text_matching.h"

namespace lockstep {

/// Something that somebody should look at: a spoken word that is not plainly in the text, or text
/// that nobody spoke.
struct AuditLine {
  std::string what;  ///< "not in the text", "no characters of its own", "partly in the text",
                     ///< "spelt otherwise", "text not spoken"
  int64_t row = -1;  ///< of words.tsv; -1 for text
  std::string story;
  std::string block;
  double onset_s = 0;  ///< NaN if unknown
  std::string word;    ///< as spoken, or the text that was not
  std::string before;  ///< the neighbours: spoken words of a spoken word, written ones of text
  std::string after;
  CharSpan span;  ///< in the text; empty without
};

/// How the words of a story were found.
struct StoryAudit {
  std::string story;
  bool has_transcript = false;
  int64_t num_words = 0;
  int64_t num_matched = 0;  ///< with a span
  std::map<MatchKind, int64_t> by_kind;
  int64_t num_unspoken = 0;      ///< words of the text that nobody spoke
  std::vector<AuditLine> lines;  ///< in the order of the rows, then of the text
};

/// A sentence for people: "story: 1,916 words, 1,909 (99.6 %) found in the text: ...".
std::string summary(const StoryAudit& audit);
/// One line of it for people.
std::string describe(const AuditLine& line);
/// The audit of all stories as a table (audit.tsv).
std::string audit_table(const std::vector<StoryAudit>& audits);

}  // namespace lockstep
