#pragma once

#include <utility>
#include <vector>

#include "models/layers/executor.h"
#include "tests/models/layers/tiny_model.h"

namespace lockstep {

/// A program of the given steps on register 0, with random weights by role; x is 12 rows of a batch
/// of windows 5 and 7.
class OneProgram {
 public:
  explicit OneProgram(std::vector<Step> steps, int num_registers = 3)
      : program_{std::move(steps), num_registers, num_registers - 1} {
    tiny_.shapes["table"] = {9, TinyModel::kWidth};
    tiny_.shapes["square"] = {TinyModel::kWidth, TinyModel::kWidth};
  }

  /// Another shape of a role's weight.
  void shape(const std::string& role, std::vector<int64_t> shape) {
    tiny_.shapes[role] = std::move(shape);
  }
  RoleTensors weights(const std::string& role) const { return tiny_.weights(0, role); }

  RopeSpec& rope() { return tiny_.spec.ropes.at("default"); }

  at::Tensor run(const at::Tensor& x) const {
    const BackEnd back_end = choose_back_end(16);
    const Executable executable(program_, tiny_.spec);
    const LayerSource source{
        tiny_.spec, back_end, [&](const auto& roles) { return tiny_.reader()(0, roles); }};
    const Block block(executable, source);
    const BatchLayout layout = lay_out_batch(tiny_batch({5, 7}), TinyModel::kVocabulary, 0);
    const std::vector<RotaryTable> rotary{Rotary(tiny_.spec.ropes.at("default"), {}).table(7)};
    return block.run({{x}}, layout, rotary, ResultRows::kAll);
  }

 private:
  TinyModel tiny_ = tiny_model();
  Program program_;
};

inline at::Tensor some_rows() {
  return at::randn({12, TinyModel::kWidth}, at::detail::createCPUGenerator(3), at::kFloat) * 2;
}

/// One step that reads register 0, which lives on, and writes the result.
inline OneProgram one_step(const std::string& op, const std::string& role, StepFields fields) {
  return OneProgram({make_step(op, role, {0}, 2, {}, std::move(fields), "program[0]")});
}

}  // namespace lockstep
