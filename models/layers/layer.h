#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/families/spec.h"
#include "models/layers/back_end.h"
#include "models/layers/batch_layout.h"
#include "models/layers/rotary.h"

namespace lockstep {

/// A role's weights as float32; an undefined bias is none.
struct RoleTensors {
  at::Tensor weight;
  at::Tensor bias;
  bool is_shared =
      false;  ///< another layer keeps this very tensor: a packed copy would be a second one
};

/// What a layer is made from. `read` reads weights when it is called: those of several roles one
/// below the other, straight into one matrix. A bias that is not there is zeros if another one is.
/// Whoever reads lets the stored form go before reading on: loading needs no more than the model
/// and what one call gives.
struct LayerSource {
  const ModelSpec& spec;
  const BackEnd& back_end;
  std::function<RoleTensors(const std::vector<std::string>& roles)> read;

  RoleTensors weights(const std::string& role) const { return read({role}); }
};

/// What a step computes on. Values are rows x width and never views of each other, so that a value
/// whose only owner is `read` may be overwritten.
struct LayerInput {
  std::span<at::Tensor> read;  ///< the registers that the step reads, in its order
  const BatchRows& rows;       ///< of the result
  const BatchLayout& batch;
  std::span<const RotaryTable> rotary;  ///< by RotaryIndex
};

/// One formula with its weights. Const and shared by workers.
class Layer {
 public:
  virtual ~Layer() = default;
  /// A layer that looks at one row at a time reads the rows of `input.rows`; one that mixes them
  /// reads all rows of the batch. Either gives the rows of `input.rows`.
  virtual at::Tensor forward(const LayerInput& input) const = 0;
};

/// Refuses a step: "<where>: <found> is not supported; <wanted>".
[[noreturn]] void refuse_step(const Step& step,
                              const std::string& found,
                              const std::string& wanted);

/// Whether nobody but `value` holds its memory.
inline bool is_sole_owner(const at::Tensor& value) { return value.use_count() == 1; }

/// Where to put a result of the shape of `value`: its own memory if nobody else holds it.
inline at::Tensor memory_for_result(const at::Tensor& value) {
  return is_sole_owner(value) ? value : at::empty_like(value);
}

}  // namespace lockstep
