// Names to indices, and the life of each value. A program is straight-line code: one pass forwards
// finds what is read before it is written and what is written in vain, one pass backwards finds the
// last reader of every value.
#include "models/families/program_compiler.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "models/families/steps.h"

namespace lockstep {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

class Registers {
 public:
  explicit Registers(const std::vector<std::string>& given) {
    for (const std::string& name : given) index_of(name);
  }

  bool has(const std::string& name) const { return index_.contains(name); }
  int index_of(const std::string& name) {
    return index_.emplace(name, static_cast<int>(index_.size())).first->second;
  }
  int count() const { return static_cast<int>(index_.size()); }
  std::string names() const {
    std::vector<std::string> all;
    for (const auto& [name, unused] : index_) all.push_back(name);
    return join(all, ", ");
  }

 private:
  std::map<std::string, int> index_;
};

/// Values written and not read yet: register -> path of the writing step.
class Unread {
 public:
  void read(const std::string& name) { writers_.erase(name); }
  void write(const std::string& name, const std::string& where) {
    if (const auto found = writers_.find(name); found != writers_.end())
      refuse(name, found->second);
    writers_[name] = where;
  }
  void finish(const std::string& result) const {
    for (const auto& [name, where] : writers_) {
      if (name != result) refuse(name, where);
    }
  }

 private:
  [[noreturn]] static void refuse(const std::string& name, const std::string& where) {
    fail(Blame::kData, "{}.write: {} is never read", where, quoted(name));
  }

  std::map<std::string, std::string> writers_;
};

/// Fills Step::free, from the last step to the first.
void find_last_readers(Program& program) {
  std::set<int> live{program.result};
  for (auto step = program.steps.rbegin(); step != program.steps.rend(); ++step) {
    for (const int reg : step->read) {
      const bool is_listed =
          std::find(step->free.begin(), step->free.end(), reg) != step->free.end();
      if (!live.contains(reg) && reg != step->write && !is_listed) step->free.push_back(reg);
    }
    live.erase(step->write);
    live.insert(step->read.begin(), step->read.end());
  }
}

}  // namespace

Program compile_program(const JsonAt& steps, const ProgramFrame& frame, const std::string& path) {
  Program program;
  Registers registers(frame.given);
  Unread unread;
  for (std::size_t n = 0; n < steps.size(); ++n) {
    const JsonAt at = steps.at(n);
    auto [step, read, write] = read_step(at);
    for (const std::string& name : read) {
      if (!registers.has(name)) {
        fail(Blame::kData,
             "{}.read: nothing has written {} (there are: {})",
             at.where(),
             quoted(name),
             registers.names());
      }
      unread.read(name);
      step.read.push_back(registers.index_of(name));
    }
    unread.write(write, at.where());
    step.write = registers.index_of(write);
    step.where = text("{}[{}]", path, n);
    program.steps.push_back(std::move(step));
  }
  if (!registers.has(frame.result)) {
    fail(Blame::kData, "{}: nothing writes {}", steps.where(), quoted(frame.result));
  }
  unread.finish(frame.result);
  program.num_registers = registers.count();
  program.result = registers.index_of(frame.result);
  find_last_readers(program);
  return program;
}

}  // namespace lockstep
