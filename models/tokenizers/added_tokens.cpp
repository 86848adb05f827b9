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

std::vector<AddedToken> read_added_tokens(const JsonAt& json, const Vocabulary& vocabulary) {
  std::vector<AddedToken> tokens;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const JsonAt entry = json.at(i);
    expect_keys(entry,
                {"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
    AddedToken token;
    token.content = entry["content"].text();
    constexpr std::size_t kLongest = 1024;  // far beyond all that exist
    if (token.content.size() > kLongest)
      entry["content"].refuse(text("at most {} bytes", kLongest));
    const int64_t id = entry["id"].integer();
    if (id < 0 || id >= std::numeric_limits<int32_t>::max()) {
      entry["id"].refuse("a token id from 0 on");
    }
    token.id = static_cast<int32_t>(id);
    const auto known = vocabulary.find(token.content);
    if (known && *known != token.id) {
      fail(Blame::kData,
           "{}: {}, but \"{}\" has the id {} in the vocabulary; one id is wanted",
           entry["id"].where(),
           id,
           token.content,
           *known);
    }
    token.single_word = flag_or(entry, "single_word", false);
    token.strips_left = flag_or(entry, "lstrip", false);
    token.strips_right = flag_or(entry, "rstrip", false);
    const bool is_special = flag_or(entry, "special", false);
    token.is_normalized = flag_or(entry, "normalized", !is_special);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace lockstep
