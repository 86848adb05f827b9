// A cache cut into shards with a lock each, so that threads seldom wait for one another. Entries
// are never evicted: on text, what is frequent comes early.
#include "models/tokenizers/piece_cache.h"

#include <array>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

#include "models/tokenizers/vocabulary.h"

namespace lockstep {
namespace {

class Remembering : public TokenModel {
 public:
  Remembering(std::unique_ptr<TokenModel> model, CacheBounds bounds)
      : model_(std::move(model)), bounds_(bounds) {}

  std::vector<Piece> pieces(std::string_view pre_token) const override {
    if (pre_token.size() > bounds_.pre_token_bytes) return model_->pieces(pre_token);
    Shard& shard = shards_[TextHash{}(pre_token) % kNumShards];
    {
      const std::shared_lock lock(shard.mutex);
      const auto found = shard.known.find(pre_token);
      if (found != shard.known.end()) return found->second;
    }
    std::vector<Piece> pieces = model_->pieces(pre_token);
    const std::unique_lock lock(shard.mutex);
    if (shard.known.size() < bounds_.num_pre_tokens / kNumShards) {
      shard.known.emplace(pre_token, pieces);
    }
    return pieces;
  }

 private:
  static constexpr std::size_t kNumShards = 16;

  struct Shard {
    std::shared_mutex mutex;
    TextMap<std::vector<Piece>> known;
  };

  std::unique_ptr<TokenModel> model_;
  CacheBounds bounds_;
  mutable std::array<Shard, kNumShards> shards_;
};

}  // namespace

std::unique_ptr<TokenModel> remembering(std::unique_ptr<TokenModel> model, CacheBounds bounds) {
  return std::make_unique<Remembering>(std::move(model), bounds);
}

}  // namespace lockstep
