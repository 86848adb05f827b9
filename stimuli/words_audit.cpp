#include "stimuli/words_audit.h"

#include <cmath>
#include <cstdio>

#include "base/table_file.h"
#include "base/text.h"

namespace lockstep {
namespace {

std::string percent(int64_t part, int64_t whole) {
  char buffer[32];
  std::snprintf(buffer,
                sizeof buffer,
                "%.1f %%",
                whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return buffer;
}

const char* plain_name(MatchKind kind) {
  switch (kind) {
    case MatchKind::kSame:
      return "same letters";
    case MatchKind::kReading:
      return "numbers and abbreviations read aloud";
    case MatchKind::kJoined:
      return "joined or divided";
    case MatchKind::kSpelling:
      return "spelt otherwise";
    case MatchKind::kPartly:
      return "in part";
    case MatchKind::kSilent:
      return "in a number without characters of their own";
    case MatchKind::kNone:
      return "not in the text";
  }
  return "";
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\t' || c == '\r') c = ' ';
  }
  return text;
}

}  // namespace

std::string summary(const StoryAudit& audit) {
  if (!audit.has_transcript)
    return text("{}: {} words of text, no times", audit.story, with_thousands(audit.num_words));
  std::vector<std::string> kinds;
  for (const auto& [kind, count] : audit.by_kind)
    kinds.push_back(with_thousands(count) + " " + plain_name(kind));
  return text(
      "{}: {} words spoken, {} ({}) found in the text ({}); {} words of the text not spoken",
      audit.story,
      with_thousands(audit.num_words),
      with_thousands(audit.num_matched),
      percent(audit.num_matched, audit.num_words),
      join(kinds, ", "),
      with_thousands(audit.num_unspoken));
}

std::string describe(const AuditLine& line) {
  const std::string word = one_line(line.word);
  if (line.row < 0)
    return text("{}: {}: \"{}\" after \"{}\", before \"{}\"",
                line.story,
                line.what,
                word,
                line.before,
                line.after);
  const std::string when = std::isnan(line.onset_s) ? "" : text(" at {} s", line.onset_s);
  return text("{}: {}: row {}, \"{}\"{}, between \"{}\" and \"{}\"",
              line.story,
              line.what,
              line.row,
              word,
              when,
              line.before,
              line.after);
}

std::string audit_table(const std::vector<StoryAudit>& audits) {
  std::vector<std::string> comments;
  for (const StoryAudit& audit : audits) comments.push_back(summary(audit));
  TableWriter table({"what",
                     "row",
                     "story",
                     "block",
                     "onset",
                     "word",
                     "before",
                     "after",
                     "char_begin",
                     "char_end"},
                    comments);
  for (const StoryAudit& audit : audits) {
    for (const AuditLine& line : audit.lines) {
      const bool has_span = line.span.begin < line.span.end;
      table.add_row({line.what,
                     line.row < 0 ? "" : to_text(line.row),
                     line.story,
                     line.block,
                     std::isnan(line.onset_s) ? "" : to_text(line.onset_s),
                     one_line(line.word),
                     one_line(line.before),
                     one_line(line.after),
                     has_span ? to_text(line.span.begin) : "",
                     has_span ? to_text(line.span.end) : ""});
    }
  }
  return table.bytes();
}

}  // namespace lockstep
