#include "models/layers/softcap.h"

#include "base/text.h"

namespace lockstep {
namespace {

/// The op `softcap`: cap * tanh(x / cap) (Bello et al. 2016; Gemma 2).
class Softcap : public Layer {
 public:
  Softcap(float cap, const Kernels& kernels) : cap_(cap), kernels_(&kernels) {}

  at::Tensor forward(const LayerInput& input) const override {
    const at::Tensor& x = input.read[0];
    const at::Tensor out = memory_for_result(x);
    kernels_->softcap(x.const_data_ptr<float>(), cap_, out.mutable_data_ptr<float>(), x.numel());
    return out;
  }

 private:
  float cap_;
  const Kernels* kernels_;
};

}  // namespace

void check_softcap(const Step& step, const ModelSpec&) {
  const double cap = std::get<SoftcapFields>(step.fields).cap;
  if (!(cap > 0)) refuse_step(step, text("softcap of {}", cap), "a positive cap is wanted");
}

std::unique_ptr<Layer> make_softcap(const Step& step, const LayerSource& source) {
  const double cap = std::get<SoftcapFields>(step.fields).cap;
  return std::make_unique<Softcap>(static_cast<float>(cap), *source.back_end.kernels);
}

}  // namespace lockstep
