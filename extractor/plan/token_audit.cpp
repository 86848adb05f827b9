#include "extractor/plan/token_audit.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace lockstep {

nlohmann::json TokenAudit::to_json() const {
  nlohmann::json by_tokens = nlohmann::json::object();
  for (const auto& [tokens, values] : values_by_tokens) by_tokens[to_text(tokens)] = values;
  nlohmann::json by_context = nlohmann::json::object();
  for (const auto& [context, values] : unavailable) by_context[to_text(context)] = values;
  return {{"rows", rows},
          {"rows_without_span", rows_without_span},
          {"rows_not_chosen", rows_not_chosen},
          {"without_tokens", without_tokens},
          {"sharing", sharing},
          {"losing", losing},
          {"values_by_tokens", by_tokens},
          {"unavailable", by_context}};
}

std::string summary(const TokenAudit& audit) {
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
    add(count, text("have fewer than {} words (NaN)", context).c_str());
  }
  return line;
}

}  // namespace lockstep
