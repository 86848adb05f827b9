#pragma once

#include <memory>
#include <span>
#include <vector>

#include "models/families/spec.h"
#include "models/layers/layer.h"

namespace lockstep {

class Norm;

/// Which rows of the batch a program's result has.
enum class ResultRows { kAll, kWanted };

/// A register's value.
struct RegisterValue {
  at::Tensor tensor;
  ResultRows rows = ResultRows::kAll;
};

/// What an instruction does: a step, or an add and the norm that follows it in one pass.
struct Instruction {
  std::size_t step = 0;
  bool has_norm = false;  ///< the next step, a norm of what this add writes, is done with it
  bool mixes_rows = false;
  bool needs_all_rows =
      false;  ///< even if only the wanted rows of the program's result are asked for
};

/// A program made ready once for all layers of its kind: what is fused, and which steps can do with
/// the wanted rows if the result is asked for at those only. What attention reads is needed at all
/// rows, what follows the last attention is not.
class Executable {
 public:
  /// Checks every step against the layers that there are; throws Error(kData) with the step's path.
  Executable(const Program& program, const ModelSpec& spec);

  const Program& program() const { return program_; }
  std::span<const Instruction> instructions() const { return instructions_; }
  bool mixes_rows() const;

 private:
  Program program_;
  std::vector<Instruction> instructions_;
};

/// An executable with the weights of one layer.
class Block {
 public:
  Block(const Executable& executable, const LayerSource& source);

  /// The result for `entry` registers: at all rows, or at the wanted ones. Entry values at the
  /// wanted rows give results at the wanted rows.
  at::Tensor run(std::vector<RegisterValue> entry,
                 const BatchLayout& batch,
                 std::span<const RotaryTable> rotary,
                 ResultRows rows) const;

 private:
  std::vector<at::Tensor> take_inputs(const Step& step,
                                      const Instruction& instruction,
                                      const BatchLayout& batch,
                                      ResultRows rows,
                                      std::vector<RegisterValue>& registers) const;

  const Executable* executable_;                // of the model that owns the block
  std::vector<std::unique_ptr<Layer>> layers_;  // by step
  std::vector<const Norm*> norms_;              // by step, where it is one
};

}  // namespace lockstep
