#include "models/weights/shuffled_checkpoint.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "base/random_stream.h"
#include "base/sha256.h"
#include "base/text.h"
#include "models/weights/element_type.h"
#include "models/weights/selection.h"

namespace lockstep {
namespace {

/// The permuted values of the tensor that was read last: a fused projection is read in parts.
class Shuffler {
 public:
  explicit Shuffler(uint64_t seed) : seed_(seed) {}

  void read(const StoredTensor& tensor, int64_t first, std::span<float> into) {
    const std::lock_guard lock(mutex_);
    if (name_ != tensor.name) shuffle(tensor);
    const auto begin = values_.begin() + first;
    std::copy(begin, begin + static_cast<std::ptrdiff_t>(into.size()), into.begin());
    if (first + static_cast<int64_t>(into.size()) == static_cast<int64_t>(values_.size())) {
      name_.clear();
      values_ = {};  // after the last value the memory is wanted elsewhere
    }
  }

 private:
  void shuffle(const StoredTensor& tensor) {
    values_ = std::vector<float>();
    values_.resize(static_cast<std::size_t>(num_elements(tensor.shape)));
    read_selection(tensor, select(tensor, {}, tensor.name), values_);
    if (tensor.file != nullptr) tensor.file->release(tensor.bytes);
    RandomStream stream(seed_, "shuffle " + tensor.name);
    for (std::size_t left = values_.size(); left > 1; --left) {
      std::swap(values_[left - 1], values_[stream.below(left)]);
    }
    name_ = tensor.name;
  }

  std::mutex mutex_;
  uint64_t seed_;
  std::string name_;
  std::vector<float> values_;
};

class ShuffledValues : public ComputedValues {
 public:
  ShuffledValues(const StoredTensor& tensor, std::shared_ptr<Shuffler> shuffler)
      : tensor_(tensor), shuffler_(std::move(shuffler)) {}
  void read(int64_t first, std::span<float> into) const override {
    if (!into.empty()) shuffler_->read(tensor_, first, into);
  }

 private:
  const StoredTensor& tensor_;
  std::shared_ptr<Shuffler> shuffler_;
};

/// Names, without a prefix's slash, of the tensors that are divisors of rotary frequencies.
std::set<std::string> divisor_names(const ModelSpec& spec) {
  std::set<std::string> names;
  for (const auto& [key, rope] : spec.ropes) {
    if (rope.factors_role.empty()) continue;
    for (const std::string& name : spec.tensors.at(rope.factors_role).names) {
      names.insert(name.starts_with("/") ? name.substr(1) : name);
    }
  }
  return names;
}

class ShuffledCheckpoint : public Checkpoint {
 public:
  ShuffledCheckpoint(std::unique_ptr<Checkpoint> checkpoint, const ModelSpec& spec, uint64_t seed)
      : checkpoint_(std::move(checkpoint)), seed_(seed), tensors_(checkpoint_->tensors()) {
    const auto shuffler = std::make_shared<Shuffler>(seed);
    const std::set<std::string> kept = divisor_names(spec);
    for (auto& [name, tensor] : tensors_) {
      if (!is_real(tensor.type) || kept.contains(name)) continue;
      tensor.computed = std::make_shared<ShuffledValues>(checkpoint_->tensors().at(name), shuffler);
    }
  }

  const nlohmann::json& config() const override { return checkpoint_->config(); }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }
  std::string name() const override { return checkpoint_->name(); }
  std::vector<std::string> warnings() const override { return checkpoint_->warnings(); }
  std::string sha256() const override {
    return sha256_of(text("shuffled with seed {}: {}", seed_, checkpoint_->sha256()));
  }

 private:
  std::unique_ptr<Checkpoint> checkpoint_;
  uint64_t seed_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace

std::unique_ptr<Checkpoint> shuffle(std::unique_ptr<Checkpoint> checkpoint,
                                    const ModelSpec& spec,
                                    uint64_t seed) {
  return std::make_unique<ShuffledCheckpoint>(std::move(checkpoint), spec, seed);
}

}  // namespace lockstep
