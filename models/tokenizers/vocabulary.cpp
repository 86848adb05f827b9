#include "models/tokenizers/vocabulary.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {

std::optional<int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

int64_t Vocabulary::num_ids() const {
  int64_t count = 0;
  for (const auto& [token, id] : ids_) count = std::max<int64_t>(count, int64_t{id} + 1);
  return count;
}

std::vector<SpelledToken> Vocabulary::tokens() const {
  std::vector<SpelledToken> tokens;
  tokens.reserve(ids_.size());
  for (const auto& [token, id] : ids_) tokens.push_back({id, token});
  std::sort(tokens.begin(), tokens.end(), [](const SpelledToken& left, const SpelledToken& right) {
    return left.id != right.id ? left.id < right.id : left.spelling < right.spelling;
  });
  return tokens;
}

Vocabulary read_vocabulary(const JsonAt& json) {
  expect_object(json);
  Vocabulary vocabulary;
  vocabulary.reserve(json.value().size());
  for (const auto& member : json.value().items()) {
    const nlohmann::json& id = member.value();
    if (!id.is_number_unsigned() ||
        id.get<uint64_t>() >= static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
      fail(Blame::kData,
           "{}[\"{}\"]: {}; a token id from 0 on is wanted",
           json.where(),
           member.key(),
           id.dump());
    }
    vocabulary.add(member.key(), id.get<int32_t>());
  }
  return vocabulary;
}

}  // namespace lockstep
