#include "models/layers/kernels.h"

#include "base/error.h"

namespace lockstep {

const Kernels& choose_kernels(std::string_view wanted) {
  const auto available = available_kernels();
  if (wanted.empty()) return *available.front();
  std::vector<std::string> names;
  for (const Kernels* kernels : available) {
    if (wanted == kernels->name) return *kernels;
    names.emplace_back(kernels->name);
  }
  fail(Blame::kCommandLine,
       "LOCKSTEP_ISA: \"{}\"; this processor and build have {}",
       wanted,
       join(names, ", "));
}

}  // namespace lockstep
