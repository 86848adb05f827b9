#include "extractor/plan/token_audit.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "models/tokenizers/unicode_age.h"

namespace lockstep {
namespace {

/// "U+1DF25"
std::string code_point_name(char32_t character) {
  char name[16];
  std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(character));
  return name;
}

/// Joined with commas; of more than eight the first eight and how many there are.
std::string first_few(const std::vector<std::string>& items) {
  constexpr std::size_t kMostNamed = 8;
  const std::vector<std::string> shown(
      items.begin(),
      items.begin() + static_cast<std::ptrdiff_t>(std::min(kMostNamed, items.size())));
  std::string line = join(shown, ", ");
  if (items.size() > kMostNamed) line += text(", ... ({} in all)", with_thousands(items.size()));
  return line;
}

std::string named(const std::vector<int64_t>& rows, const Words& words) {
  std::vector<std::string> names;
  for (const int64_t row : rows) {
    names.push_back(text("{} \"{}\"", row, words.rows[static_cast<std::size_t>(row)].word));
  }
  return first_few(names);
}

std::string totals(const TokenAudit& audit) {
  const int64_t extracted = audit.rows - audit.rows_without_span - audit.rows_not_chosen;
  std::string line = text("{} of {} words", with_thousands(extracted), with_thousands(audit.rows));
  const auto add = [&](int64_t count, const char* what) {
    if (count > 0) line += text("; {} {}", with_thousands(count), what);
  };
  add(audit.rows_without_span, "not in the text");
  add(audit.rows_not_chosen, "not chosen");
  add(static_cast<int64_t>(audit.without_tokens.size()), "without a token of their own (NaN)");
  add(static_cast<int64_t>(audit.sharing.size()), "share a token with the word before");
  add(static_cast<int64_t>(audit.losing.size()), "lose a token to a later word");
  for (const auto& [context, count] : audit.unavailable) {
    add(count, text("do not have a context of {} (NaN)", context).c_str());
  }
  return line;
}

/// "tokens a value: 1,400 of 1, 150 of 2, 30 of 3"
std::string pooled_counts(const TokenAudit& audit) {
  std::vector<std::string> counts;
  for (const auto& [tokens, values] : audit.values_by_tokens) {
    counts.push_back(text("{} of {}", with_thousands(values), tokens));
  }
  return text("tokens pooled: {}", join(counts, ", "));
}

/// Empty if there are none.
std::string unknown_line(const TokenAudit& audit, const Words& words) {
  if (audit.unknown_characters.empty()) return {};
  int64_t total = 0;
  std::vector<std::string> characters;
  for (const auto& [character, count] : audit.unknown_characters) {
    total += count;
    characters.push_back(text("{} x {}", code_point_name(character), count));
  }
  std::string line = text("{} characters are newer than {}: {}",
                          with_thousands(total),
                          unicode_tables(),
                          first_few(characters));
  const auto& rows = audit.with_unknown_characters;
  if (!rows.empty()) {
    line += text("; in {} words: {}", with_thousands(rows.size()), named(rows, words));
  }
  return line;
}

}  // namespace

nlohmann::json TokenAudit::to_json() const {
  nlohmann::json by_tokens = nlohmann::json::object();
  for (const auto& [tokens, values] : values_by_tokens) by_tokens[to_text(tokens)] = values;
  nlohmann::json by_context = nlohmann::json::object();
  for (const auto& [context, values] : unavailable) by_context[context] = values;
  nlohmann::json by_character = nlohmann::json::object();
  for (const auto& [character, count] : unknown_characters) {
    by_character[code_point_name(character)] = count;
  }
  return {{"rows", rows},
          {"rows_without_span", rows_without_span},
          {"rows_not_chosen", rows_not_chosen},
          {"without_tokens", without_tokens},
          {"sharing", sharing},
          {"losing", losing},
          {"values_by_tokens", by_tokens},
          {"unavailable", by_context},
          {"with_unknown_characters", with_unknown_characters},
          {"unknown_characters", by_character},
          {"unicode_tables", unicode_tables()}};
}

std::vector<std::string> summary(const TokenAudit& audit, const Words& words) {
  std::vector<std::string> lines = {totals(audit), pooled_counts(audit)};
  const auto add = [&](const std::vector<int64_t>& rows, const char* what) {
    if (!rows.empty()) lines.push_back(text("{}: {}", what, named(rows, words)));
  };
  add(audit.without_tokens, "without a token of their own");
  add(audit.sharing, "sharing a token with the word before");
  add(audit.losing, "losing a token to a later word");
  if (const std::string unknown = unknown_line(audit, words); !unknown.empty()) {
    lines.push_back(unknown);
  }
  return lines;
}

}  // namespace lockstep
