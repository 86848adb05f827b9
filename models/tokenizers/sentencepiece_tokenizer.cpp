#include "models/tokenizers/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "models/tokenizers/charsmap.h"
#include "models/tokenizers/sentencepiece_proto.h"

namespace lockstep {
namespace {

using sentencepiece::SentencePieceProcessor;

// ModelProto { NormalizerSpec normalizer_spec = 3 { bool add_dummy_prefix = 3 } } with the value
// false. Bytes behind a message are merged into it (protobuf's encoding guide, "Last One Wins").
constexpr char kNoDummyPrefix[] = {0x1A, 0x02, 0x18, 0x00};

std::string undecorated(const std::string& bytes) {
  return bytes + std::string(std::begin(kNoDummyPrefix), std::end(kNoDummyPrefix));
}

bool has_prefix_everywhere(const TokenizerConfig& config) {
  return config.legacy.value_or(false) && config.add_prefix_space.value_or(true);
}

std::unique_ptr<SentencePieceProcessor> load(const std::string& bytes, const std::string& where) {
  for (const std::string_view charsmap : charsmaps_in(bytes)) {
    check_charsmap(charsmap, where + ": precompiled_charsmap");
  }
  auto processor = std::make_unique<SentencePieceProcessor>();
  const auto status = processor->LoadFromSerializedProto(bytes);
  if (!status.ok() || processor->GetPieceSize() == 0) {
    fail(Blame::kData,
         "{}: {} bytes: {}; a sentencepiece model is wanted",
         where,
         bytes.size(),
         status.ok() ? "no pieces" : status.ToString());
  }
  return processor;
}

std::optional<int32_t> find_piece(const SentencePieceProcessor& processor,
                                  const std::string& piece) {
  const int id = processor.PieceToId(piece);
  if (id < 0 || processor.IdToPiece(id) != piece) return std::nullopt;  // the unknown token's id
  return id;
}

// Pieces that sentencepiece never finds in text. User-defined ones it finds itself.
std::vector<AddedToken> control_pieces(const SentencePieceProcessor& processor) {
  std::vector<AddedToken> tokens;
  for (int id = 0; id < processor.GetPieceSize(); ++id) {
    if (!processor.IsControl(id) && !processor.IsUnknown(id)) continue;
    tokens.push_back({.content = processor.IdToPiece(id), .id = id});
  }
  return tokens;
}

// Those of the files beside the model come first: they may say how to treat one.
std::vector<AddedToken> all_added_tokens(const SentencePieceProcessor& processor,
                                         const TokenizerConfig& config,
                                         const std::string& where) {
  std::vector<AddedToken> tokens = config.added;
  for (const AddedToken& token : tokens) {
    const auto id = find_piece(processor, token.content);
    if (id && *id != token.id) {
      fail(Blame::kData,
           "{}: \"{}\" is piece {}, but added token {} of the files beside it; one id is wanted",
           where,
           token.content,
           *id,
           token.id);
    }
  }
  for (AddedToken& token : control_pieces(processor)) {
    const bool is_named = std::any_of(tokens.begin(), tokens.end(), [&](const AddedToken& other) {
      return other.id == token.id || other.content == token.content;
    });
    if (!is_named) tokens.push_back(std::move(token));
  }
  return tokens;
}

// The code point that each byte of valid UTF-8 belongs to, and their number at the end.
std::vector<int64_t> code_points_from_bytes(std::string_view utf8) {
  std::vector<int64_t> code_points;
  code_points.reserve(utf8.size() + 1);
  int64_t current = -1;
  for (const char byte : utf8) {
    if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++current;
    code_points.push_back(current);
  }
  code_points.push_back(current + 1);
  return code_points;
}

class SentencePieceTokenizer : public Tokenizer {
 public:
  SentencePieceTokenizer(const std::string& bytes,
                         const std::string& where,
                         const TokenizerConfig& config)
      : where_(where),
        first_(load(config.add_prefix_space.value_or(true) ? bytes : undecorated(bytes), where)),
        later_(load(has_prefix_everywhere(config) ? bytes : undecorated(bytes), where)) {
    const std::vector<AddedToken> added = all_added_tokens(*first_, config, where);
    vocabulary_size_ = first_->GetPieceSize();
    for (const AddedToken& token : added) {
      vocabulary_size_ = std::max(vocabulary_size_, int64_t{token.id} + 1);
    }
    set_bos(added, config);
    set_sum(bytes, added, config);
    added_ = AddedTokens(added);
  }

  std::vector<Token> encode(std::string_view utf8) const override;
  std::vector<int32_t> prefix() const override { return prefix_; }
  std::optional<int32_t> bos() const override { return bos_; }
  int64_t vocabulary_size() const override { return vocabulary_size_; }
  std::vector<SpelledToken> vocabulary() const override;
  const std::string& sha256() const override { return sha256_; }
  std::vector<std::string> notes() const override { return notes_; }

 private:
  void set_bos(const std::vector<AddedToken>& added, const TokenizerConfig& config);
  void set_sum(const std::string& bytes,
               const std::vector<AddedToken>& added,
               const TokenizerConfig& config);
  void add_pieces(std::vector<Token>& tokens,
                  const SentencePieceProcessor& processor,
                  std::string_view segment,
                  std::span<const int64_t> code_points) const;

  std::string where_;
  std::unique_ptr<SentencePieceProcessor> first_;  // for text that begins with the text
  std::unique_ptr<SentencePieceProcessor> later_;
  AddedTokens added_;
  std::optional<int32_t> bos_;
  std::vector<int32_t> prefix_;
  int64_t vocabulary_size_ = 0;
  std::string sha256_;
  std::vector<std::string> notes_;
};

void SentencePieceTokenizer::set_bos(const std::vector<AddedToken>& added,
                                     const TokenizerConfig& config) {
  if (config.bos_token) {
    const auto named = std::find_if(added.begin(), added.end(), [&](const AddedToken& token) {
      return token.content == *config.bos_token;
    });
    bos_ = named != added.end() ? std::optional(named->id) : find_piece(*first_, *config.bos_token);
    if (!bos_) {
      notes_.push_back(text("the bos_token \"{}\" is not in the vocabulary", *config.bos_token));
    }
  } else if (!config.has_no_bos && first_->bos_id() >= 0) {
    bos_ = first_->bos_id();
  }
  if (!config.add_bos.value_or(false)) return;
  if (!bos_) {
    fail(Blame::kData,
         "{}: tokenizer_config.json: add_bos_token: true; the vocabulary has no such token",
         where_);
  }
  prefix_ = {*bos_};
}

void SentencePieceTokenizer::set_sum(const std::string& bytes,
                                     const std::vector<AddedToken>& added,
                                     const TokenizerConfig& config) {
  Sha256 sha256;
  sha256.update(bytes);
  const auto add = [&](std::string_view field) {
    sha256.update(std::string_view("\0", 1));
    sha256.update(field);
  };
  for (const AddedToken& token : added) {
    add(text("{} {}{}{}{} {}",
             token.id,
             token.single_word ? 1 : 0,
             token.strips_left ? 1 : 0,
             token.strips_right ? 1 : 0,
             token.is_normalized ? 1 : 0,
             token.content));
  }
  add(bos_ ? to_text(*bos_) : "none");
  add(prefix_.empty() ? "off" : "on");
  add(has_prefix_everywhere(config) ? "legacy" : "");
  add(config.add_prefix_space.value_or(true) ? "" : "no prefix");
  sha256_ = sha256.hex();
}

std::vector<SpelledToken> SentencePieceTokenizer::vocabulary() const {
  std::vector<SpelledToken> tokens;
  for (int id = 0; id < first_->GetPieceSize(); ++id) {
    if (first_->IsControl(id) || first_->IsUnknown(id)) continue;
    tokens.push_back({id, first_->IdToPiece(id)});
  }
  return tokens;
}

std::vector<Token> SentencePieceTokenizer::encode(std::string_view utf8) const {
  if (utf8.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    fail(Blame::kData, "text: {} bytes; fewer than 2^31 are wanted", utf8.size());
  }
  from_utf8(utf8, "text");
  const auto code_points = code_points_from_bytes(utf8);
  std::vector<Token> tokens;
  for (const Segment& segment : added_.segments(utf8)) {
    if (segment.id) {
      tokens.push_back({*segment.id, code_points[segment.begin], code_points[segment.end]});
      continue;
    }
    add_pieces(tokens,
               segment.begin == 0 ? *first_ : *later_,
               utf8.substr(segment.begin, segment.end - segment.begin),
               std::span(code_points).subspan(segment.begin));
  }
  return tokens;
}

// `code_points` is of the byte that the segment begins with and of those behind it.
void SentencePieceTokenizer::add_pieces(std::vector<Token>& tokens,
                                        const SentencePieceProcessor& processor,
                                        std::string_view segment,
                                        std::span<const int64_t> code_points) const {
  sentencepiece::ImmutableSentencePieceText encoded;
  const auto status = processor.Encode(segment, encoded.mutable_proto());
  if (!status.ok()) fail(Blame::kData, "{}: {}", where_, status.ToString());
  const std::size_t first = tokens.size();
  for (const auto& piece : encoded.pieces()) {
    tokens.push_back(
        {static_cast<int32_t>(piece.id()), code_points[piece.begin()], code_points[piece.end()]});
  }
  // Of the bytes of a character only the last has its span; the others stand empty before it.
  for (std::size_t i = tokens.size(); i-- > first + 1;) {
    Token& before = tokens[i - 1];
    const bool is_of_same = processor.IsByte(before.id) && processor.IsByte(tokens[i].id) &&
                            before.begin == before.end && before.end == tokens[i].begin;
    if (is_of_same) before.end = tokens[i].end;
  }
}

}  // namespace

std::unique_ptr<Tokenizer> sentencepiece_tokenizer(const std::string& bytes,
                                                   const std::string& where,
                                                   const TokenizerConfig& config) {
  return std::make_unique<SentencePieceTokenizer>(bytes, where, config);
}

}  // namespace lockstep
