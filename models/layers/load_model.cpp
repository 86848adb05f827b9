#include <malloc.h>

#include "base/error.h"
#include "models/layers/language_model.h"
#include "models/model.h"
#include "models/weights/binding.h"
#include "models/weights/open_model.h"

namespace lockstep {
namespace {

at::Tensor read_tensor(const BoundTensor& bound) {
  at::Tensor values = at::empty(bound.shape, at::kFloat);
  bound.read({values.mutable_data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  return values;
}

/// Reads roles of a binding. A head that is the embedding gets the embedding's very tensor.
class BindingReader {
 public:
  explicit BindingReader(const Binding& binding) : binding_(&binding) {}

  RoleTensors operator()(int layer, const std::string& role) {
    const bool is_tied = layer < 0 && binding_->head_is_embedding;
    const std::string& source = is_tied && role == "head" ? kEmbedding : role;
    if (is_tied && source == kEmbedding && embedding_.defined()) return {embedding_, {}, true};
    const auto& roles =
        layer < 0 ? binding_->outside : binding_->layers[static_cast<std::size_t>(layer)];
    const RoleWeights& weights = roles.at(source);
    RoleTensors tensors;
    tensors.weight = read_tensor(weights.weight);
    if (weights.bias) tensors.bias = read_tensor(*weights.bias);
    if (is_tied && source == kEmbedding) embedding_ = tensors.weight;
    return tensors;
  }

 private:
  inline static const std::string kEmbedding = "embed.token";
  const Binding* binding_;
  at::Tensor embedding_;
};

/// While it lives, memory of a tensor's size goes back to the system when it is freed. The
/// allocator's own rule, which is in force again afterwards (at its upper end), keeps what weights
/// leave behind as they are laid out anew: half a model more at the peak.
class PromptlyFreedMemory {
 public:
  PromptlyFreedMemory() { mallopt(M_MMAP_THRESHOLD, 1 << 20); }
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
      [&reader](int layer, const std::string& role) { return reader(layer, role); },
      choose_back_end(options.batch_tokens),
      highest_block,
      binding.num_parameters);
}

}  // namespace lockstep
