#include "models/layers/embed.h"

namespace lockstep {
namespace {

/// The op `embed`: rows of a table (vocabulary x width) by token id.
class Embed : public Layer {
 public:
  explicit Embed(at::Tensor table) : table_(std::move(table)) {}

  at::Tensor forward(const LayerInput& input) const override {
    return table_.index_select(0, input.read[0]);
  }

 private:
  at::Tensor table_;
};

}  // namespace

void check_embed(const Step&, const ModelSpec&) {}

std::unique_ptr<Layer> make_embed(const Step& step, const LayerSource& source) {
  return std::make_unique<Embed>(source.weights(step.role).weight);
}

}  // namespace lockstep
