// The tensors of a spec as they are before training. Shapes are those of the roles, followed back
// through the operations that make roles of tensors: q, k and v of one fused projection give one
// tensor.
#include "models/weights/initialised_checkpoint.h"

#include <algorithm>

#include "base/error.h"
#include "base/random_stream.h"
#include "base/sha256.h"
#include "models/weights/binding.h"
#include "models/weights/shape_walk.h"

namespace lockstep {
namespace {

/// Normal numbers, `kChunk` of them a stream, so that any of them can be had without those before.
class NormalValues : public ComputedValues {
 public:
  struct Law {
    double std = 0;
    int64_t width = 1;  ///< of a row
    std::vector<int64_t> zero_rows;
  };

  NormalValues(std::string name, uint64_t seed, Law law)
      : purpose_("initial " + std::move(name)), seed_(seed), law_(std::move(law)) {}

  void read(int64_t first, std::span<float> into) const override {
    const auto count = static_cast<int64_t>(into.size());
    for (int64_t at = 0; at < count;) {
      const int64_t chunk = (first + at) / kChunk;
      const int64_t skipped = first + at - chunk * kChunk;
      RandomStream stream(seed_, purpose_, static_cast<uint64_t>(chunk));
      for (int64_t k = 0; k < skipped; ++k) stream.normal();
      for (int64_t left = kChunk - skipped; left > 0 && at < count; --left, ++at) {
        into[static_cast<std::size_t>(at)] = static_cast<float>(law_.std * stream.normal());
      }
    }
    for (const int64_t row : law_.zero_rows) {
      const int64_t begin = std::clamp<int64_t>(row * law_.width - first, 0, count);
      const int64_t end = std::clamp<int64_t>((row + 1) * law_.width - first, 0, count);
      std::fill(into.begin() + begin, into.begin() + end, 0.0f);
    }
  }

 private:
  static constexpr int64_t kChunk = 4096;

  std::string purpose_;
  uint64_t seed_;
  Law law_;
};

class ConstantValues : public ComputedValues {
 public:
  explicit ConstantValues(double value) : value_(static_cast<float>(value)) {}
  void read(int64_t, std::span<float> into) const override {
    std::fill(into.begin(), into.end(), value_);
  }

 private:
  float value_;
};

/// The shape of the tensor of which the operations make `shape`.
std::vector<int64_t> before(const std::vector<TensorOp>& ops, std::vector<int64_t> shape) {
  for (auto op = ops.rbegin(); op != ops.rend(); ++op) {
    if (op->op == "transpose" && shape.size() == 2) std::swap(shape[0], shape[1]);
    if (op->op == "chunk" || op->op == "interleave") shape[0] *= op->numbers.at("of");
    if (op->op == "split") {
      shape[0] =
          (op->numbers.at("heads") + 2 * op->numbers.at("kv_heads")) * op->numbers.at("head_dim");
    }
  }
  return shape;
}

/// The first name of a source, as the model would be saved.
std::string first_name(const TensorSource& source, const ModelSpec& spec, int layer) {
  std::string name = with_layer(source.names.front(), to_text(layer));
  return name.starts_with("/") ? name.substr(1) : spec.prefixes.front() + name;
}

class InitialisedCheckpoint : public Checkpoint {
 public:
  InitialisedCheckpoint(const ModelSpec& spec, ModelIdentity identity, uint64_t seed)
      : spec_(spec), identity_(std::move(identity)), seed_(seed) {
    walk_shapes(
        spec_,
        [&](int layer, const WantedWeight& wanted) { return add_role(layer, wanted); },
        identity_.name);
    for (const auto& [name, rope] : spec_.ropes) add_divisors(rope);
  }

  const nlohmann::json& config() const override { return identity_.config; }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }
  std::string name() const override { return identity_.name; }
  std::string sha256() const override {
    return sha256_of(text("initialised with seed {}: {}", seed_, spec_.sha256));
  }

 private:
  /// Gives the role's shape.
  std::vector<int64_t> add_role(int layer, const WantedWeight& wanted) {
    const std::vector<int64_t> shape = whole_shape(layer, wanted);
    const bool is_tied_head = layer < 0 && spec_.head_tied && wanted.role == role_of_head(spec_);
    const auto& sources =
        layer < 0 ? spec_.tensors
                  : spec_.blocks.at(spec_.layers[static_cast<std::size_t>(layer)]).tensors;
    const TensorSource& source = sources.at(wanted.role);
    const std::string name = first_name(source, spec_, layer);
    if (!is_tied_head) add_weight(source.exact ? name : name + ".weight", source, wanted, shape);
    if (source.has_bias == true && wanted.bias == MayHaveBias::kYes) {
      add(name + ".bias", before(source.ops, {shape.front()}), std::make_shared<ConstantValues>(0));
    }
    return shape;
  }

  std::vector<int64_t> whole_shape(int layer, const WantedWeight& wanted) const {
    std::vector<int64_t> shape = wanted.shape;
    const auto* positions = std::get_if<PositionFields>(&wanted.step.fields);
    if (positions != nullptr && spec_.max_positions) {
      shape.front() = *spec_.max_positions + positions->offset;
    }
    if (std::count(shape.begin(), shape.end(), kAnySize) > 0) {
      fail(Blame::kData,
           "{}: role {}: the spec gives no shape ({}); a checkpoint's weights are wanted",
           place_of_layer(identity_.name, layer),
           wanted.role,
           wanted.step.where);
    }
    return shape;
  }

  void add_weight(const std::string& name,
                  const TensorSource& source,
                  const WantedWeight& wanted,
                  const std::vector<int64_t>& shape) {
    const std::vector<int64_t> stored = before(source.ops, shape);
    if (shape.size() == 1) {
      add(name, stored, std::make_shared<ConstantValues>(spec_.init.norm));
      return;
    }
    const auto found = spec_.init.roles.find(wanted.role);
    const double std = found == spec_.init.roles.end() ? spec_.init.std : found->second;
    NormalValues::Law law{.std = std, .width = stored.back(), .zero_rows = {}};
    if (std::holds_alternative<EmbedFields>(wanted.step.fields))
      law.zero_rows = spec_.init.zero_rows;
    add(name, stored, std::make_shared<NormalValues>(name, seed_, law));
  }

  /// The parts of a fused projection give the same tensor again.
  void add(const std::string& name,
           const std::vector<int64_t>& shape,
           std::shared_ptr<const ComputedValues> values) {
    StoredTensor tensor{
        .name = name, .type = ElementType::kF32, .shape = shape, .bytes = {}, .ops = {}};
    tensor.computed = std::move(values);
    tensors_.emplace(name, std::move(tensor));
  }

  void add_divisors(const RopeSpec& rope) {
    if (rope.factors_role.empty()) return;
    const std::string name = first_name(spec_.tensors.at(rope.factors_role), spec_, -1);
    if (!identity_.divisors || !identity_.divisors->tensors().contains(name)) {
      fail(Blame::kData, "{}: no tensor {} of rotary divisors", identity_.name, name);
    }
    tensors_[name] = identity_.divisors->tensors().at(name);
  }

  ModelSpec spec_;
  ModelIdentity identity_;
  uint64_t seed_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace

std::unique_ptr<Checkpoint> initialise(const ModelSpec& spec,
                                       const ModelIdentity& identity,
                                       uint64_t seed) {
  return std::make_unique<InitialisedCheckpoint>(spec, identity, seed);
}

}  // namespace lockstep
