#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/families/spec.h"

namespace lockstep {

/// Where the weights of each role come from: an object of role -> source, where a source is
///   - "layers.{i}.mlp.up_proj": a module: its .weight, and its .bias where the checkpoint has one;
///   - { module: name, ops: [...] }: the same, changed on its way in;
///   - { any: [name, ...] }: alternatives, the first that exists;
///   - { tensor: name }: one bare tensor.
/// A module may say { bias: true }: there must be one, or { bias: false }: none is used. A name
/// that begins with "/" takes no prefix. Throws Error(kData) naming the JSON path.
std::map<std::string, TensorSource> read_sources(const JsonAt& tensors);

/// A list of operations, each with exactly the fields of its kind.
std::vector<TensorOp> read_ops(const JsonAt& ops);

}  // namespace lockstep
