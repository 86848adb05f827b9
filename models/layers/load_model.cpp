#include <malloc.h>

#include "base/error.h"
#include "models/layers/binding_reader.h"
#include "models/layers/language_model.h"
#include "models/model.h"
#include "models/weights/binding.h"
#include "models/weights/open_model.h"

namespace lockstep {
namespace {

/// While it lives, memory of a tensor's size goes back to the system when it is freed. The
/// allocator's own rule, which is in force again afterwards (at its upper end), keeps what weights
/// leave behind as they are laid out anew: half a model more at the peak. What the evaluation of
/// the family left behind (40 MB) goes back first.
class PromptlyFreedMemory {
 public:
  PromptlyFreedMemory() {
    malloc_trim(0);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
  }
  ~PromptlyFreedMemory() { mallopt(M_MMAP_THRESHOLD, 32 << 20); }
  PromptlyFreedMemory(const PromptlyFreedMemory&) = delete;
  PromptlyFreedMemory& operator=(const PromptlyFreedMemory&) = delete;
};

}  // namespace

std::unique_ptr<LanguageModel> load_model(const std::filesystem::path& checkpoint,
                                          const ModelOptions& options,
                                          int highest_block) {
  const OpenedModel opened = open_model(checkpoint, options.families, options.weights);
  return load_model(opened.spec, opened.binding, options, highest_block);
}

std::unique_ptr<LanguageModel> load_model(const ModelSpec& spec,
                                          const Binding& binding,
                                          const ModelOptions& options,
                                          int highest_block) {
  const PromptlyFreedMemory freed;
  check_supported(spec);
  BindingReader reader(binding);
  return build_model(
      spec,
      [&reader](int layer, const auto& roles) { return reader.read(layer, roles); },
      choose_back_end(options.batch_tokens),
      highest_block,
      binding.num_parameters);
}

}  // namespace lockstep
