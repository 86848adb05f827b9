// The search of sentencepiece (unigram_model.cc, EncodeOptimized), as tokenizers 0.23 has it.
#include "models/tokenizers/unigram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/json_component.h"

namespace lockstep {
namespace {

constexpr double kUnknownPenalty = 10.0;

// The best way found so far to cut the text up to a position.
struct BestCut {
  double score = 0.0;
  std::size_t begin = 0;  // of the last token
  bool is_reached = false;
  bool is_unknown = false;
};

class Unigram : public TokenModel {
 public:
  explicit Unigram(UnigramParts parts) : parts_(std::move(parts)) {
    ids_.reserve(parts_.tokens.size());
    double worst = std::numeric_limits<double>::infinity();
    for (std::size_t id = 0; id < parts_.tokens.size(); ++id) {
      ids_.add(parts_.tokens[id], static_cast<int32_t>(id));
      longest_ = std::max(longest_, parts_.tokens[id].size());
      worst = std::min(worst, parts_.scores[id]);
    }
    unknown_score_ = worst - kUnknownPenalty;
  }

  std::vector<Piece> pieces(std::string_view pre_token) const override {
    std::vector<Piece> pieces;
    for (const Section& section : best_sections(pre_token)) {
      add_section(pieces, pre_token, section);
    }
    return pieces;
  }

 private:
  struct Section {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_unknown = false;
  };

  std::vector<BestCut> best_cuts(std::string_view text) const {
    std::vector<BestCut> cuts(text.size() + 1);
    const auto offer = [&](std::size_t begin, std::size_t end, double score, bool is_unknown) {
      const double total = cuts[begin].score + score;
      if (cuts[end].is_reached && total <= cuts[end].score) return;
      cuts[end] = {total, begin, true, is_unknown};
    };
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t size = code_point_at(text, begin).size;
      bool has_single = false;
      const std::size_t limit = std::min(text.size(), begin + longest_);
      for (std::size_t end = begin + size; end <= limit;) {
        if (const auto id = ids_.find(text.substr(begin, end - begin))) {
          const bool is_unknown = parts_.unknown && *id == *parts_.unknown;
          offer(begin, end, parts_.scores[static_cast<std::size_t>(*id)], is_unknown);
          has_single = has_single || end == begin + size;
        }
        if (end == text.size()) break;
        end += code_point_at(text, end).size;
      }
      if (!has_single) offer(begin, begin + size, unknown_score_, true);
      begin += size;
    }
    return cuts;
  }

  // Neighbouring unknown sections are one.
  std::vector<Section> best_sections(std::string_view text) const {
    const std::vector<BestCut> cuts = best_cuts(text);
    std::vector<Section> sections;
    for (std::size_t end = text.size(); end > 0; end = cuts[end].begin) {
      if (cuts[end].is_unknown && !sections.empty() && sections.back().is_unknown) {
        sections.back().begin = cuts[end].begin;
      } else {
        sections.push_back({cuts[end].begin, end, cuts[end].is_unknown});
      }
    }
    std::reverse(sections.begin(), sections.end());
    return sections;
  }

  void add_section(std::vector<Piece>& pieces,
                   std::string_view pre_token,
                   const Section& section) const {
    const std::string_view part = pre_token.substr(section.begin, section.end - section.begin);
    if (const auto id = ids_.find(part)) {
      pieces.push_back({*id, section.begin, section.end});
      return;
    }
    const std::vector<int32_t> bytes = byte_tokens(part);
    for (const int32_t id : bytes) pieces.push_back({id, section.begin, section.end});
    if (!bytes.empty()) return;
    if (!parts_.unknown) {
      fail(Blame::kData,
           "tokenizer: \"{}\" is not in the vocabulary, which has no unknown token",
           part);
    }
    pieces.push_back({*parts_.unknown, section.begin, section.end});
  }

  // A token for each byte, or none at all.
  std::vector<int32_t> byte_tokens(std::string_view part) const {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::vector<int32_t> tokens;
    if (!parts_.falls_back_to_bytes) return tokens;
    for (const char byte : part) {
      const auto value = static_cast<unsigned char>(byte);
      const auto id = ids_.find(text("<0x{}{}>", kDigits[value / 16], kDigits[value % 16]));
      if (!id) return {};
      tokens.push_back(*id);
    }
    return tokens;
  }

  UnigramParts parts_;
  Vocabulary ids_;
  std::size_t longest_ = 0;
  double unknown_score_ = 0.0;
};

struct ScoredToken {
  std::string token;
  double score = 0.0;
};

ScoredToken scored_token(const nlohmann::json& entry, const JsonAt& vocab, std::size_t index) {
  const bool is_pair = entry.is_array() && entry.size() == 2 && entry[0].is_string() &&
                       entry[1].is_number() && std::isfinite(entry[1].get<double>());
  if (!is_pair) vocab.at(index).refuse("[\"token\", score]");
  return {entry[0].get<std::string>(), entry[1].get<double>()};
}

}  // namespace

std::unique_ptr<TokenModel> unigram_model(UnigramParts parts) {
  return std::make_unique<Unigram>(std::move(parts));
}

Vocabulary read_unigram_vocabulary(const JsonAt& json) {
  Vocabulary vocabulary;
  vocabulary.reserve(json.size());
  for (std::size_t id = 0; id < json.size(); ++id) {
    vocabulary.add(scored_token(json.value()[id], json, id).token, static_cast<int32_t>(id));
  }
  return vocabulary;
}

std::unique_ptr<TokenModel> read_unigram(const JsonAt& json) {
  expect_keys(json, {"type", "unk_id", "vocab", "byte_fallback"});
  const JsonAt vocab = json["vocab"];
  UnigramParts parts;
  for (std::size_t id = 0; id < vocab.size(); ++id) {
    ScoredToken scored = scored_token(vocab.value()[id], vocab, id);
    parts.tokens.push_back(std::move(scored.token));
    parts.scores.push_back(scored.score);
  }
  if (json.has("unk_id") && !json["unk_id"].is_null()) {
    const int64_t unknown = json["unk_id"].integer();
    if (unknown < 0 || unknown >= static_cast<int64_t>(parts.tokens.size())) {
      json["unk_id"].refuse(text("an id below {}", parts.tokens.size()));
    }
    parts.unknown = static_cast<int32_t>(unknown);
  }
  parts.falls_back_to_bytes = flag_or(json, "byte_fallback", false);
  return unigram_model(std::move(parts));
}

}  // namespace lockstep
