#include "models/tokenizers/byte_pair.h"

#include <array>
#include <queue>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/json_component.h"
#include "models/tokenizers/pair_table.h"

namespace lockstep {
namespace {

constexpr int32_t kNone = -1;

// A token of a pre-token that is being merged, in a doubly linked list.
struct Symbol {
  int32_t id = kNone;
  int32_t previous = kNone;
  int32_t next = kNone;
  bool is_merged_away = false;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A merge that was possible when it was queued.
struct Candidate {
  uint32_t rank = 0;
  int32_t position = 0;
  int32_t merged = 0;
};

struct IsLater {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return a.rank != b.rank ? a.rank > b.rank : a.position > b.position;
  }
};

using Queue = std::priority_queue<Candidate, std::vector<Candidate>, IsLater>;

std::array<std::optional<int32_t>, 256> byte_tokens(const Vocabulary& vocabulary) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<std::optional<int32_t>, 256> tokens;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    tokens[byte] = vocabulary.find(text("<0x{}{}>", kDigits[byte / 16], kDigits[byte % 16]));
  }
  return tokens;
}

PairTable table_of(const std::vector<Merge>& merges) {
  PairTable table(merges.size());
  for (const Merge& merge : merges) {
    table.add(merge.left, merge.right, {merge.rank, merge.merged});
  }
  return table;
}

class BytePair : public TokenModel {
 public:
  BytePair(Vocabulary vocabulary, const std::vector<Merge>& merges, BytePairOptions options)
      : vocabulary_(std::move(vocabulary)),
        merges_(table_of(merges)),
        options_(std::move(options)),
        byte_tokens_(byte_tokens(vocabulary_)) {
    if (options_.unknown_token) unknown_ = vocabulary_.find(*options_.unknown_token);
  }

  std::vector<Piece> pieces(std::string_view pre_token) const override {
    if (options_.ignores_merges) {
      if (const auto whole = vocabulary_.find(pre_token)) return {{*whole, 0, pre_token.size()}};
    }
    std::vector<Symbol> symbols = symbols_of(pre_token);
    merge(symbols);
    std::vector<Piece> pieces;
    for (const Symbol& symbol : symbols) {
      if (!symbol.is_merged_away) pieces.push_back({symbol.id, symbol.begin, symbol.end});
    }
    return pieces;
  }

 private:
  std::optional<int32_t> find_character(std::string_view pre_token,
                                        std::size_t begin,
                                        std::size_t end) const {
    const std::string_view character = pre_token.substr(begin, end - begin);
    const bool has_prefix = begin > 0 && !options_.continuing_prefix.empty();
    const bool has_suffix = end == pre_token.size() && !options_.word_suffix.empty();
    if (!has_prefix && !has_suffix) return vocabulary_.find(character);
    std::string spelled = has_prefix ? options_.continuing_prefix : std::string();
    spelled += character;
    if (has_suffix) spelled += options_.word_suffix;
    return vocabulary_.find(spelled);
  }

  bool has_byte_tokens(std::string_view character) const {
    if (!options_.falls_back_to_bytes) return false;
    for (const char byte : character) {
      if (!byte_tokens_[static_cast<unsigned char>(byte)]) return false;
    }
    return true;
  }

  int32_t unknown_for(std::string_view character) const {
    if (unknown_) return *unknown_;
    fail(Blame::kData,
         "tokenizer: \"{}\" is not in the vocabulary, and neither is the unknown token \"{}\"",
         character,
         *options_.unknown_token);
  }

  // One symbol a character, or several where bytes stand in for it.
  std::vector<Symbol> symbols_of(std::string_view pre_token) const {
    std::vector<Symbol> symbols;
    symbols.reserve(pre_token.size());
    const auto add = [&](int32_t id, std::size_t begin, std::size_t end) {
      const auto position = static_cast<int32_t>(symbols.size());
      if (position > 0) symbols.back().next = position;
      symbols.push_back({id, position - 1, kNone, false, begin, end});
    };
    bool follows_unknown = false;
    for (std::size_t begin = 0; begin < pre_token.size();) {
      const std::size_t end = begin + code_point_at(pre_token, begin).size;
      const std::string_view character = pre_token.substr(begin, end - begin);
      bool is_unknown = false;
      if (const auto id = find_character(pre_token, begin, end)) {
        add(*id, begin, end);
      } else if (has_byte_tokens(character)) {
        for (std::size_t at = begin; at < end; ++at) {
          add(*byte_tokens_[static_cast<unsigned char>(pre_token[at])], at, at + 1);
        }
      } else if (options_.unknown_token) {
        is_unknown = true;
        if (follows_unknown && options_.fuses_unknown) {
          symbols.back().end = end;
        } else {
          add(unknown_for(character), begin, end);
        }
      }
      follows_unknown = is_unknown;
      begin = end;
    }
    return symbols;
  }

  void merge(std::vector<Symbol>& symbols) const {
    std::vector<Candidate> first;
    first.reserve(symbols.size());
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const PairMerge* found = merges_.find(symbols[i].id, symbols[i + 1].id);
      if (found != nullptr) first.push_back({found->rank, static_cast<int32_t>(i), found->merged});
    }
    Queue queue(IsLater(), std::move(first));
    const auto consider = [&](int32_t left, int32_t right) {
      if (left == kNone || right == kNone) return;
      const PairMerge* found = merges_.find(symbols[static_cast<std::size_t>(left)].id,
                                            symbols[static_cast<std::size_t>(right)].id);
      if (found != nullptr) queue.push({found->rank, left, found->merged});
    };
    while (!queue.empty()) {
      const Candidate candidate = queue.top();
      queue.pop();
      Symbol& left = symbols[static_cast<std::size_t>(candidate.position)];
      if (left.is_merged_away || left.next == kNone) continue;
      Symbol& right = symbols[static_cast<std::size_t>(left.next)];
      // The candidate is out of date unless the pair still becomes the same token.
      const PairMerge* found = merges_.find(left.id, right.id);
      if (found == nullptr || found->merged != candidate.merged) continue;
      left.id = candidate.merged;
      left.end = right.end;
      left.next = right.next;
      right.is_merged_away = true;
      if (right.next != kNone) {
        symbols[static_cast<std::size_t>(right.next)].previous = candidate.position;
      }
      consider(left.previous, candidate.position);
      consider(candidate.position, left.next);
    }
  }

  Vocabulary vocabulary_;
  PairTable merges_;
  BytePairOptions options_;
  std::array<std::optional<int32_t>, 256> byte_tokens_;
  std::optional<int32_t> unknown_;
};

struct MergeText {
  std::string left;
  std::string right;
};

// A space at the start belongs to the first token.
std::optional<MergeText> split_line(const std::string& line) {
  const std::size_t space = line.find(' ', 1);
  if (space == std::string::npos || space + 1 == line.size()) return std::nullopt;
  return MergeText{line.substr(0, space), line.substr(space + 1)};
}

MergeText merge_text(const nlohmann::json& merge, const std::string& where) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }
  if (merge.is_string()) {
    if (auto both = split_line(merge.get<std::string>())) return *both;
  }
  fail(Blame::kData, "{}: {}; \"a b\" or [\"a\", \"b\"] is wanted", where, merge.dump());
}

// Finds the ids of merges and numbers them.
class MergeReader {
 public:
  MergeReader(const Vocabulary& vocabulary, std::string continuing_prefix)
      : vocabulary_(vocabulary), continuing_prefix_(std::move(continuing_prefix)) {}

  void add(const MergeText& merge, const std::string& where) {
    const bool has_prefix = merge.right.starts_with(continuing_prefix_);
    const std::string tail = merge.right.substr(has_prefix ? continuing_prefix_.size() : 0);
    merges_.push_back({id_of(merge.left, where),
                       id_of(merge.right, where),
                       id_of(merge.left + tail, where),
                       static_cast<uint32_t>(merges_.size())});
  }

  std::vector<Merge> take() { return std::move(merges_); }

 private:
  int32_t id_of(const std::string& token, const std::string& where) const {
    if (const auto id = vocabulary_.find(token)) return *id;
    fail(Blame::kData,
         "{}: \"{}\" is not in the vocabulary; merges of its tokens are wanted",
         where,
         token);
  }

  const Vocabulary& vocabulary_;
  std::string continuing_prefix_;
  std::vector<Merge> merges_;
};

// Old files carry the header of merges.txt as a merge.
bool is_version_line(const nlohmann::json& merge) {
  return merge.is_string() && merge.get_ref<const std::string&>().starts_with("#version");
}

std::vector<Merge> read_merges(const JsonAt& json,
                               const Vocabulary& vocabulary,
                               const std::string& continuing_prefix) {
  MergeReader reader(vocabulary, continuing_prefix);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const nlohmann::json& entry = json.value()[i];
    if (is_version_line(entry)) continue;
    const std::string where = text("{}[{}]", json.where(), i);
    reader.add(merge_text(entry, where), where);
  }
  return reader.take();
}

}  // namespace

std::unique_ptr<TokenModel> byte_pair_model(Vocabulary vocabulary,
                                            const std::vector<Merge>& merges,
                                            BytePairOptions options) {
  return std::make_unique<BytePair>(std::move(vocabulary), merges, std::move(options));
}

std::vector<Merge> merges_in_order(const std::vector<std::string>& lines,
                                   const Vocabulary& vocabulary,
                                   const std::string& where) {
  MergeReader reader(vocabulary, "");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string here = text("{}[{}]", where, i);
    reader.add(merge_text(lines[i], here), here);
  }
  return reader.take();
}

std::unique_ptr<TokenModel> read_byte_pair(const JsonAt& json, Vocabulary vocabulary) {
  expect_keys(json,
              {"type",
               "dropout",
               "unk_token",
               "continuing_subword_prefix",
               "end_of_word_suffix",
               "fuse_unk",
               "byte_fallback",
               "ignore_merges",
               "vocab",
               "merges"});
  if (json.has("dropout") && !json["dropout"].is_null() && json["dropout"].number() != 0.0) {
    json["dropout"].refuse("null (tokens must not be drawn at random)");
  }
  BytePairOptions options;
  options.unknown_token = optional_text(json, "unk_token");
  options.continuing_prefix = optional_text(json, "continuing_subword_prefix").value_or("");
  options.word_suffix = optional_text(json, "end_of_word_suffix").value_or("");
  options.fuses_unknown = flag_or(json, "fuse_unk", false);
  options.falls_back_to_bytes = flag_or(json, "byte_fallback", false);
  options.ignores_merges = flag_or(json, "ignore_merges", false);
  const std::vector<Merge> merges =
      read_merges(json["merges"], vocabulary, options.continuing_prefix);
  return byte_pair_model(std::move(vocabulary), merges, std::move(options));
}

}  // namespace lockstep
