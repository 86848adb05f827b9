#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/weights/checkpoint.h"

namespace lockstep {

/// A tensor as a pickle describes it: a strided view of a storage, in elements. Nothing is checked
/// against the storage yet.
struct PickledTensor {
  std::string name;
  ElementType type = ElementType::kF32;
  std::string storage;  ///< the record data/<storage>
  int64_t storage_elements = 0;
  int64_t offset = 0;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

/// The tensors of a state dict that torch.save pickled (protocol 2), in its order.
///
/// A pickle is a program; this machine has no instruction that can run anything. It knows the
/// operations that torch.save writes, those of torch/_weights_only_unpickler.py of PyTorch 2.13,
/// and four kinds of globals: collections.OrderedDict, torch._utils._rebuild_tensor_v2 and
/// _rebuild_parameter, and torch.<Type>Storage. They make inert records, never calls. (libtorch's
/// own torch::jit::Unpickler, of 2.13, makes None of an OrderedDict, which nearly every published
/// state dict is, copies every storage, and does not hold views against their storages.)
///
/// Throws Error(kData) "<where>: ..." naming any other global, operation or value with its place.
std::vector<PickledTensor> read_state_dict(std::span<const std::byte> pickle,
                                           const std::string& where);

}  // namespace lockstep
