#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/families/spec.h"
#include "models/weights/checkpoint.h"

namespace lockstep {

/// A stored tensor and the operations that make a role's weights of it.
struct BoundTensor {
  const StoredTensor* stored = nullptr;
  std::vector<TensorOp> ops;
  std::vector<int64_t> shape;  ///< after the operations

  int64_t num_elements() const;
  /// The values as float32, row-major; `into` has num_elements().
  void read(std::span<float> into) const;
};

struct RoleWeights {
  BoundTensor weight;
  std::optional<BoundTensor> bias;
};

/// Every role of a spec with its weights. Views: the checkpoint must outlive it.
struct Binding {
  std::vector<std::map<std::string, RoleWeights>> layers;  ///< by layer, by role
  std::map<std::string, RoleWeights> outside;              ///< embed.token, final_norm, head
  bool head_is_embedding = false;
  int64_t num_parameters = 0;  ///< elements of the stored tensors used, a tied head counted once
  std::vector<std::string> warnings;
};

/// The role of the head's weights, or nothing: that of the last linear step.
std::string role_of_head(const ModelSpec& spec);

/// A tensor's name with the layer's number in the place of each "{i}".
std::string with_layer(std::string name, const std::string& layer);

/// Finds the weights of every role. Throws Error(kData) with the names: a role not found (with what
/// was tried), a tensor that nothing uses, a shape that the spec's numbers do not give.
Binding bind_weights(const ModelSpec& spec, const Checkpoint& checkpoint);

}  // namespace lockstep
