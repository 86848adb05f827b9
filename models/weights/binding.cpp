// Roles to tensors: names are tried alternative by alternative and prefix by prefix, operations of
// the container come before those of the family, and at the end every row of every tensor is
// accounted for.
#include "models/weights/binding.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/error.h"
#include "models/weights/element_type.h"
#include "models/weights/selection.h"
#include "models/weights/shape_check.h"
#include "models/weights/usage.h"

namespace lockstep {
namespace {

/// The last step of an op, whose role is the head's or the embedding's.
std::string role_of_last(const Program& program, std::string_view op) {
  std::string role;
  for (const Step& step : program.steps) {
    if (step.op == op) role = step.role;
  }
  return role;
}

/// Gives the memory of both back: a table may be the largest tensor there is.
bool is_same(const StoredTensor& a, const StoredTensor& b) {
  const bool are_equal = a.type == b.type && a.shape == b.shape &&
                         std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
  for (const StoredTensor* tensor : {&a, &b}) {
    if (tensor->file != nullptr) tensor->file->release(tensor->bytes);
  }
  return are_equal;
}

class Binder {
 public:
  Binder(const ModelSpec& spec, const Checkpoint& checkpoint)
      : spec_(spec), checkpoint_(checkpoint) {
    embed_role_ = role_of_last(spec.embed, "embed");
    head_role_ = role_of_head(spec);
  }

  Binding bind() && {
    for (const std::string& warning : checkpoint_.warnings()) warn("{}", warning);
    bind_outside();
    for (int layer = 0; layer < spec_.num_blocks(); ++layer) bind_layer(layer);
    check_shapes(spec_, binding_, checkpoint_.name());
    refuse_lost_biases();
    refuse_leftovers();
    count_parameters();
    return std::move(binding_);
  }

 private:
  void bind_outside() {
    for (const auto& [role, source] : spec_.tensors) {
      if (role != head_role_) binding_.outside[role] = need(role, source, "");
    }
    if (!head_role_.empty()) bind_head(spec_.tensors.at(head_role_));
  }

  /// A missing head is the embedding; so is one that equals it where the configuration ties them.
  /// One that differs is used, whatever the configuration says, as transformers 5.23 does
  /// (modeling_utils.py, tie_weights).
  void bind_head(const TensorSource& source) {
    std::optional<RoleWeights> head = find(head_role_, source, "");
    if (head && !(spec_.head_tied && equals_embedding(*head->weight.stored))) {
      if (spec_.head_tied) {
        warn("tensor {} differs from the embedding and is used, although the configuration ties "
             "them: as transformers 5 does",
             head->weight.stored->name);
      }
      binding_.outside[head_role_] = *head;
      return;
    }
    if (embed_role_.empty()) refuse_missing(head_role_, source, "");
    const RoleWeights& embedding = binding_.outside.at(embed_role_);
    if (head) {
      const StoredTensor& stored = *head->weight.stored;
      if (&stored != embedding.weight.stored) ignored_head_ = &stored;
    } else if (!spec_.head_tied) {
      warn("no tensor for the head, which the configuration does not tie: the embedding is used");
    }
    binding_.head_is_embedding = true;
    RoleWeights& tied = binding_.outside[head_role_];
    tied.weight = embedding.weight;
    tied.bias = head ? head->bias : find_head_bias(source);
  }

  bool equals_embedding(const StoredTensor& head) const {
    if (embed_role_.empty()) return false;
    const StoredTensor& table = *binding_.outside.at(embed_role_).weight.stored;
    return &head == &table || is_same(head, table);
  }

  void bind_layer(int layer) {
    const BlockKind& kind = spec_.blocks.at(spec_.layers[static_cast<std::size_t>(layer)]);
    std::map<std::string, RoleWeights>& roles = binding_.layers.emplace_back();
    for (const auto& [role, source] : kind.tensors)
      roles[role] = need(role, source, to_text(layer));
  }

  RoleWeights need(const std::string& role, const TensorSource& source, const std::string& layer) {
    std::optional<RoleWeights> found = find(role, source, layer);
    if (!found) refuse_missing(role, source, layer);
    return *found;
  }

  /// Names to try, best first, without ".weight".
  std::vector<std::string> candidates(const TensorSource& source, const std::string& layer) const {
    std::vector<std::string> names;
    for (const std::string& name : source.names) {
      const std::string expanded = with_layer(name, layer);
      if (expanded.starts_with("/")) {
        names.push_back(expanded.substr(1));
        continue;
      }
      for (const std::string& prefix : spec_.prefixes) names.push_back(prefix + expanded);
    }
    return names;
  }

  const StoredTensor* stored(const std::string& name) const {
    const auto found = checkpoint_.tensors().find(name);
    return found == checkpoint_.tensors().end() ? nullptr : &found->second;
  }

  std::optional<RoleWeights> find(const std::string& role,
                                  const TensorSource& source,
                                  const std::string& layer) {
    for (const std::string& name : candidates(source, layer)) {
      const StoredTensor* weight = stored(source.exact ? name : name + ".weight");
      if (weight == nullptr) continue;
      RoleWeights weights;
      weights.weight = bound(role, *weight, source.ops);
      weights.bias = find_bias(role, name, source);
      return weights;
    }
    return {};
  }

  /// A module's bias. One that the family says there is not is left over, and refused as such.
  std::optional<BoundTensor> find_bias(const std::string& role,
                                       const std::string& module,
                                       const TensorSource& source) {
    if (source.exact || source.has_bias == false) return {};
    const StoredTensor* bias = stored(module + ".bias");
    if (bias != nullptr) return bound(role, *bias, source.ops);
    if (source.has_bias == true) {
      fail(Blame::kData,
           "{}: role {}: no tensor {}.bias; the configuration wants one",
           checkpoint_.name(),
           role,
           module);
    }
    return {};
  }

  /// The bias of a head that has no weight of its own.
  std::optional<BoundTensor> find_head_bias(const TensorSource& source) {
    if (source.exact || source.has_bias == false) return {};
    for (const std::string& name : candidates(source, "")) {
      const StoredTensor* bias = stored(name + ".bias");
      if (bias != nullptr) return bound(head_role_, *bias, source.ops);
    }
    return {};
  }

  /// A role has a bias in every layer of a kind, or in none: half of them is a loss.
  void refuse_lost_biases() const {
    std::map<std::string, std::size_t> first_of_kind;
    for (std::size_t layer = 0; layer < binding_.layers.size(); ++layer) {
      const std::size_t first = first_of_kind.emplace(spec_.layers[layer], layer).first->second;
      for (const auto& [role, weights] : binding_.layers[layer]) {
        const bool is_first_biased = binding_.layers[first].at(role).bias.has_value();
        if (weights.bias.has_value() == is_first_biased) continue;
        fail(Blame::kData,
             "{}: role {}: layer {} has {} bias and layer {} has {}; all layers of kind {} or none "
             "are wanted",
             checkpoint_.name(),
             role,
             first,
             is_first_biased ? "a" : "no",
             layer,
             is_first_biased ? "none" : "one",
             spec_.layers[layer]);
      }
    }
  }

  BoundTensor bound(const std::string& role,
                    const StoredTensor& tensor,
                    const std::vector<TensorOp>& ops) {
    const std::string where = text("{}: role {}: tensor {}", checkpoint_.name(), role, tensor.name);
    if (!is_real(tensor.type))
      fail(Blame::kData, "{} has type {}; real numbers are wanted", where, to_text(tensor.type));
    BoundTensor bound{.stored = &tensor, .ops = tensor.ops, .shape = {}};
    bound.ops.insert(bound.ops.end(), ops.begin(), ops.end());
    const Selection selection = select(tensor, bound.ops, where);
    usage_.add(tensor, selection, where);
    bound.shape = selection.shape;
    return bound;
  }

  [[noreturn]] void refuse_missing(const std::string& role,
                                   const TensorSource& source,
                                   const std::string& layer) const {
    std::vector<std::string> tried;
    for (const std::string& name : candidates(source, layer))
      tried.push_back(source.exact ? name : name + ".weight");
    fail(Blame::kData,
         "{}: no tensor for role {}{}; tried {}",
         checkpoint_.name(),
         role,
         layer.empty() ? "" : " of layer " + layer,
         join(tried, ", "));
  }

  bool is_ignored(const std::string& name) const {
    return std::any_of(spec_.ignore.begin(), spec_.ignore.end(), [&](const std::string& pattern) {
      const std::size_t begin = pattern.starts_with("/") ? 1 : 0;
      return fnmatch(pattern.c_str() + begin, name.c_str(), 0) == 0;
    });
  }

  void refuse_leftovers() const {
    constexpr std::size_t kMostNamed = 5;
    std::vector<std::string> named;
    std::size_t count = 0;
    for (const auto& [name, tensor] : checkpoint_.tensors()) {
      if (usage_.is_used_up(tensor) || is_ignored(name)) continue;
      if (++count <= kMostNamed) named.push_back(usage_.unused_part(tensor));
    }
    if (count == 0) return;
    fail(Blame::kData,
         "{}: nothing uses {} tensor{}: {}{}; family {} must bind or ignore every one",
         checkpoint_.name(),
         count,
         count == 1 ? "" : "s",
         join(named, ", "),
         count > kMostNamed ? ", ..." : "",
         spec_.family);
  }

  void count_parameters() {
    for (const auto& [name, tensor] : checkpoint_.tensors()) {
      if (usage_.is_touched(tensor) && &tensor != ignored_head_)
        binding_.num_parameters += num_elements(tensor.shape);
    }
  }

  template <class... Values>
  void warn(std::string_view pattern, const Values&... values) {
    binding_.warnings.push_back(checkpoint_.name() + ": " + text(pattern, values...));
  }

  const ModelSpec& spec_;
  const Checkpoint& checkpoint_;
  std::string embed_role_;
  std::string head_role_;
  Usage usage_;
  const StoredTensor* ignored_head_ = nullptr;
  Binding binding_;
};

}  // namespace

std::string role_of_head(const ModelSpec& spec) { return role_of_last(spec.head, "linear"); }

std::string with_layer(std::string name, const std::string& layer) {
  for (auto at = name.find("{i}"); at != std::string::npos;
       at = name.find("{i}", at + layer.size())) {
    name.replace(at, 3, layer);
  }
  return name;
}

int64_t BoundTensor::num_elements() const { return lockstep::num_elements(shape); }

void BoundTensor::read(std::span<float> into) const {
  read_selection(*stored, select(*stored, ops, stored->name), into);
  if (stored->file != nullptr) stored->file->release(stored->bytes);
}

Binding bind_weights(const ModelSpec& spec, const Checkpoint& checkpoint) {
  return Binder(spec, checkpoint).bind();
}

}  // namespace lockstep
