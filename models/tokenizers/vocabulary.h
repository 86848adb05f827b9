#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_file.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep {

/// Lets a hash map of strings be asked with a view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Tokens and their ids.
class Vocabulary {
 public:
  /// A later id of the same token replaces the earlier.
  void add(const std::string& token, int32_t id) { ids_[token] = id; }
  void reserve(std::size_t num_tokens) { ids_.reserve(num_tokens); }
  std::optional<int32_t> find(std::string_view token) const;
  std::size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  /// One more than the greatest id: the rows that an embedding needs.
  int64_t num_ids() const;
  /// Every token with its id, by id.
  std::vector<SpelledToken> tokens() const;

 private:
  TextMap<int32_t> ids_;
};

/// A `model.vocab` of the form {"token": id}. Throws Error(kData) naming the token of a bad id.
Vocabulary read_vocabulary(const JsonAt& json);

}  // namespace lockstep
