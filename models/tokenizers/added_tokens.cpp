// The rules of AddedVocabulary in tokenizers 0.23 (tokenizers/src/tokenizer/added_vocabulary.rs).
#include "models/tokenizers/added_tokens.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {
namespace {

bool touches_word(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 && is_word(code_point_before(text, begin).value)) ||
         (end < text.size() && is_word(code_point_at(text, end).value));
}

std::size_t before_whitespace(std::string_view text, std::size_t end, std::size_t limit) {
  while (end > limit) {
    const CodePoint character = code_point_before(text, end);
    if (!is_whitespace(character.value)) break;
    end -= character.size;
  }
  return end;
}

std::size_t behind_whitespace(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const CodePoint character = code_point_at(text, begin);
    if (!is_whitespace(character.value)) break;
    begin += character.size;
  }
  return begin;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  std::stable_sort(tokens_.begin(), tokens_.end(), [](const AddedToken& a, const AddedToken& b) {
    return a.content.size() > b.content.size();
  });
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto first = static_cast<unsigned char>(tokens_[i].content[0]);
    tokens_from_first_byte_[first].push_back(i);
  }
}

const AddedToken* AddedTokens::longest_at(std::string_view text, std::size_t position) const {
  for (const std::size_t i : tokens_from_first_byte_[static_cast<unsigned char>(text[position])]) {
    if (text.substr(position).starts_with(tokens_[i].content)) return &tokens_[i];
  }
  return nullptr;
}

std::vector<Segment> AddedTokens::segments(std::string_view text) const {
  std::vector<Segment> segments;
  std::size_t covered = 0;
  for (std::size_t position = 0; position < text.size();) {
    const AddedToken* token = longest_at(text, position);
    if (token == nullptr) {
      ++position;
      continue;
    }
    std::size_t begin = position;
    std::size_t end = position + token->content.size();
    position = end;
    if (token->single_word && touches_word(text, begin, end)) continue;
    // The token before may have taken whitespace that this one begins with, or consists of.
    if (end <= covered) continue;
    begin = std::max(begin, covered);
    if (token->strips_left) begin = before_whitespace(text, begin, covered);
    if (token->strips_right) end = behind_whitespace(text, end);
    if (covered < begin) segments.push_back({covered, begin, std::nullopt});
    segments.push_back({begin, end, token->id});
    covered = end;
  }
  if (covered < text.size()) segments.push_back({covered, text.size(), std::nullopt});
  return segments;
}

namespace {

/// The ids that the library gives to added tokens: that of the vocabulary, or the next free one. It
/// does not follow the file where the file says otherwise.
class IdsInOrder {
 public:
  explicit IdsInOrder(const Vocabulary& vocabulary)
      : vocabulary_(vocabulary), next_(static_cast<int64_t>(vocabulary.size())) {}

  int64_t id_of(const std::string& content) {
    const int64_t id = vocabulary_.find(content).value_or(static_cast<int32_t>(next_));
    next_ = std::max(next_, id + 1);
    return id;
  }

 private:
  const Vocabulary& vocabulary_;
  int64_t next_;
};

AddedToken read_added_token(const JsonAt& entry) {
  expect_keys(entry, {"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
  AddedToken token;
  token.content = entry["content"].text();
  constexpr std::size_t kLongest = 1024;  // far beyond all that exist
  if (token.content.size() > kLongest) entry["content"].refuse(text("at most {} bytes", kLongest));
  const int64_t id = entry["id"].integer();
  if (id < 0 || id >= std::numeric_limits<int32_t>::max()) {
    entry["id"].refuse("a token id from 0 on");
  }
  token.id = static_cast<int32_t>(id);
  token.single_word = flag_or(entry, "single_word", false);
  token.strips_left = flag_or(entry, "lstrip", false);
  token.strips_right = flag_or(entry, "rstrip", false);
  const bool is_special = flag_or(entry, "special", false);
  token.is_normalized = flag_or(entry, "normalized", !is_special);
  return token;
}

}  // namespace

std::vector<AddedToken> read_added_tokens(const JsonAt& json, const Vocabulary& vocabulary) {
  IdsInOrder ids(vocabulary);
  std::vector<AddedToken> tokens;
  TextMap<std::size_t> place;
  for (std::size_t i = 0; i < json.size(); ++i) {
    AddedToken token = read_added_token(json.at(i));
    if (token.content.empty()) continue;
    const auto [same, is_new] = place.emplace(token.content, tokens.size());
    if (!is_new) {
      if (tokens[same->second] == token) continue;
      fail(Blame::kData,
           "{}: \"{}\" stands in the list twice, and not with the same values; one entry is wanted",
           json.at(i)["content"].where(),
           token.content);
    }
    const int64_t id = ids.id_of(token.content);
    if (id != token.id) {
      fail(Blame::kData,
           "{}: {}, but to \"{}\" the tokenizers library gives {}; the same is wanted",
           json.at(i)["id"].where(),
           token.id,
           token.content,
           id);
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace lockstep
