// Text through the parts of a tokenizer: added tokens out of the raw text, normalisation of what is
// between, added tokens out of the normalised text, pre-tokens, pieces.
#include "models/tokenizers/pipeline.h"

#include <utility>

#include "models/tokenizers/piece_cache.h"
#include "models/tokenizers/segmented_text.h"

namespace lockstep {
namespace {

// Those that are looked for in raw text, or those of normalised text, normalised themselves.
std::vector<AddedToken> raw_tokens(const std::vector<AddedToken>& tokens) {
  std::vector<AddedToken> raw;
  for (const AddedToken& token : tokens) {
    if (!token.is_normalized) raw.push_back(token);
  }
  return raw;
}

std::vector<AddedToken> normalized_tokens(const std::vector<AddedToken>& tokens,
                                          const Normalizer& normalizer) {
  std::vector<AddedToken> normalized;
  for (AddedToken token : tokens) {
    if (!token.is_normalized) continue;
    token.content = normalizer.apply(AlignedText::of(token.content)).text();
    normalized.push_back(std::move(token));
  }
  return normalized;
}

class PipelineTokenizer : public Tokenizer {
 public:
  explicit PipelineTokenizer(Pipeline parts)
      : normalizer_(std::move(parts.normalizer)),
        pre_tokenizer_(std::move(parts.pre_tokenizer)),
        model_(remembering(std::move(parts.model))),
        raw_tokens_(raw_tokens(parts.added_tokens)),
        normalized_tokens_(normalized_tokens(parts.added_tokens, *normalizer_)),
        prefix_(std::move(parts.prefix)),
        bos_(parts.bos),
        vocabulary_size_(parts.vocabulary_size),
        vocabulary_(std::move(parts.vocabulary)),
        sha256_(std::move(parts.sha256)),
        notes_(std::move(parts.notes)) {}

  std::vector<Token> encode(std::string_view utf8) const override {
    SegmentedText text(AlignedText::of(utf8));
    text.split([&](std::string_view segment) { return raw_tokens_.segments(segment); });
    text.rewrite([&](AlignedText part) { return normalizer_->apply(std::move(part)); });
    text.split([&](std::string_view segment) { return normalized_tokens_.segments(segment); });
    return tokens_of(pre_tokenizer_->apply(std::move(text)));
  }

  std::vector<int32_t> prefix() const override { return prefix_; }
  std::optional<int32_t> bos() const override { return bos_; }
  int64_t vocabulary_size() const override { return vocabulary_size_; }
  std::vector<SpelledToken> vocabulary() const override { return vocabulary_; }
  const std::string& sha256() const override { return sha256_; }
  std::vector<std::string> notes() const override { return notes_; }

 private:
  std::vector<Token> tokens_of(const SegmentedText& text) const {
    const std::vector<Span>& spans = text.text().spans();
    std::vector<Token> tokens;
    const auto add = [&](int32_t id, std::size_t begin, std::size_t end) {
      tokens.push_back({id, spans[begin].begin, spans[end - 1].end});
    };
    for (const Segment& segment : text.segments()) {
      if (segment.id) {
        add(*segment.id, segment.begin, segment.end);
        continue;
      }
      for (const Piece& piece : model_->pieces(text.view(segment))) {
        add(piece.id, segment.begin + piece.begin, segment.begin + piece.end);
      }
    }
    return tokens;
  }

  std::unique_ptr<Normalizer> normalizer_;
  std::unique_ptr<PreTokenizer> pre_tokenizer_;
  std::unique_ptr<TokenModel> model_;
  AddedTokens raw_tokens_;
  AddedTokens normalized_tokens_;
  std::vector<int32_t> prefix_;
  std::optional<int32_t> bos_;
  int64_t vocabulary_size_;
  std::vector<SpelledToken> vocabulary_;
  std::string sha256_;
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Tokenizer> assemble(Pipeline parts) {
  return std::make_unique<PipelineTokenizer>(std::move(parts));
}

}  // namespace lockstep
