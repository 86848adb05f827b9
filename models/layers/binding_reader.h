#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <vector>

#include "models/layers/layer.h"
#include "models/weights/binding.h"

namespace lockstep {

/// Reads roles of a binding, which outlives it. Each stored tensor is converted straight into its
/// rows of the matrix that is given, so that nothing but that matrix is held.
class BindingReader {
 public:
  explicit BindingReader(const Binding& binding) : binding_(&binding) {}

  /// The weights of these roles of a layer (from 0; -1: outside the layers), one below the other,
  /// and their biases, with zeros where only others have one. A head that is the embedding gets the
  /// embedding's very tensor.
  RoleTensors read(int layer, const std::vector<std::string>& roles);

 private:
  const Binding* binding_;
  std::map<const StoredTensor*, at::Tensor> tables_;  // outside the layers, if the head is one
};

}  // namespace lockstep
