// Programs of steps over registers, made ready once a kind and run once a layer and batch.
#include "models/layers/executor.h"

#include <algorithm>

#include "models/layers/norm.h"
#include "models/layers/operations.h"

namespace lockstep {
namespace {

std::vector<Instruction> fuse(const Program& program) {
  const auto& steps = program.steps;
  std::vector<Instruction> instructions;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    Instruction instruction{.step = k, .mixes_rows = operation_of(steps[k]).mixes_rows};
    if (steps[k].op == "add" && k + 1 < steps.size() && steps[k + 1].op == "norm" &&
        steps[k + 1].read.front() == steps[k].write) {
      instruction.has_norm = true;
      ++k;
    }
    instructions.push_back(instruction);
  }
  return instructions;
}

// Backwards: a value is needed at all rows if a step that mixes rows reads it, or one whose own
// result is.
void find_needed_rows(const Program& program, std::vector<Instruction>& instructions) {
  std::vector<bool> needed(static_cast<std::size_t>(program.num_registers), false);
  const auto at = [&](int index) { return needed[static_cast<std::size_t>(index)]; };
  for (auto instruction = instructions.rbegin(); instruction != instructions.rend();
       ++instruction) {
    const Step& step = program.steps[instruction->step];
    bool all = at(step.write);
    if (instruction->has_norm) {
      const int norm_write = program.steps[instruction->step + 1].write;
      all = all || at(norm_write);
      needed[static_cast<std::size_t>(norm_write)] = false;
    }
    needed[static_cast<std::size_t>(step.write)] = false;
    instruction->needs_all_rows = all;
    if (!all && !instruction->mixes_rows) continue;
    for (const int index : step.read) needed[static_cast<std::size_t>(index)] = true;
  }
}

bool contains(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Executable::Executable(const Program& program, const ModelSpec& spec) : program_(program) {
  for (const Step& step : program_.steps) operation_of(step).check(step, spec);
  instructions_ = fuse(program_);
  find_needed_rows(program_, instructions_);
}

bool Executable::mixes_rows() const {
  return std::any_of(instructions_.begin(), instructions_.end(), [](const Instruction& i) {
    return i.mixes_rows;
  });
}

Block::Block(const Executable& executable, const LayerSource& source) : executable_(&executable) {
  for (const Step& step : executable.program().steps) {
    layers_.push_back(operation_of(step).make(step, source));
    norms_.push_back(dynamic_cast<const Norm*>(layers_.back().get()));
  }
}

// What the step reads, moved out of registers that nobody reads afterwards: their memory may then
// be used again.
std::vector<at::Tensor> Block::take_inputs(const Step& step,
                                           const Instruction& instruction,
                                           const BatchLayout& batch,
                                           ResultRows rows,
                                           std::vector<RegisterValue>& registers) const {
  std::vector<at::Tensor> inputs;
  for (std::size_t k = 0; k < step.read.size(); ++k) {
    const int index = step.read[k];
    RegisterValue& value = registers[static_cast<std::size_t>(index)];
    const bool is_last_use =
        (contains(step.free, index) || index == step.write) &&
        std::count(step.read.begin() + static_cast<std::ptrdiff_t>(k), step.read.end(), index) == 1;
    const bool is_gathered =
        rows == ResultRows::kWanted && !instruction.mixes_rows && value.rows == ResultRows::kAll;
    if (is_gathered) {
      inputs.push_back(value.tensor.index_select(0, batch.wanted.index));
      if (is_last_use) value.tensor.reset();
    } else if (is_last_use) {
      inputs.push_back(std::move(value.tensor));
    } else {
      inputs.push_back(value.tensor);
    }
  }
  return inputs;
}

at::Tensor Block::run(std::vector<RegisterValue> entry,
                      const BatchLayout& batch,
                      std::span<const RotaryTable> rotary,
                      ResultRows result_rows) const {
  const Program& program = executable_->program();
  std::vector<RegisterValue> registers = std::move(entry);
  registers.resize(static_cast<std::size_t>(program.num_registers));
  for (const Instruction& instruction : executable_->instructions()) {
    const Step& step = program.steps[instruction.step];
    const ResultRows rows = instruction.needs_all_rows ? ResultRows::kAll : result_rows;
    auto inputs = take_inputs(step, instruction, batch, rows, registers);
    const LayerInput input{.read = inputs,
                           .rows = rows == ResultRows::kAll ? batch.all : batch.wanted,
                           .batch = batch,
                           .rotary = rotary};
    const auto write = [&](int index, at::Tensor value) {
      registers[static_cast<std::size_t>(index)] = {std::move(value), rows};
    };
    if (instruction.has_norm) {
      const Step& norm_step = program.steps[instruction.step + 1];
      auto both = norms_[instruction.step + 1]->add_then_norm(input);
      write(step.write, std::move(both.sum));
      for (const int index : norm_step.free)
        registers[static_cast<std::size_t>(index)].tensor.reset();
      write(norm_step.write, std::move(both.norm));
    } else {
      write(step.write, layers_[instruction.step]->forward(input));
    }
  }
  return std::move(registers[static_cast<std::size_t>(program.result)].tensor);
}

}  // namespace lockstep
