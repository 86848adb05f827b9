#include "models/layers/feed_forward.h"

#include "base/error.h"
#include "models/layers/activation.h"
#include "models/layers/linear.h"

namespace lockstep {
namespace {

/// The op `ffn`, form gated: down(act(gate x) * up x) (Shazeer 2020, eq. 6). Gate and up, the
/// largest matrices of a block, stay two products: joined they would be a matrix of twice the size
/// while a model is loaded, and cost as much time (106 against 105 GF/s at 1024 x 576 x 3072).
class GatedFeedForward : public Layer {
 public:
  GatedFeedForward(const Step& step, Activation activation, const LayerSource& source)
      : activation_(activation),
        kernels_(source.back_end.kernels),
        gate_(read_linear(source, {step.role + ".gate"})),
        up_(read_linear(source, {step.role + ".up"})),
        down_(read_linear(source, {step.role + ".down"})) {}

  at::Tensor forward(const LayerInput& input) const override {
    const at::Tensor& x = input.read[0];
    return down_(activate_gated(activation_, gate_(x), up_(x), *kernels_));
  }

 private:
  Activation activation_;
  const Kernels* kernels_;
  PackedLinear gate_;
  PackedLinear up_;
  PackedLinear down_;
};

/// The op `ffn`, form plain: down(act(up x)) (Vaswani et al. 2017, eq. 2).
class PlainFeedForward : public Layer {
 public:
  PlainFeedForward(const Step& step, Activation activation, const LayerSource& source)
      : activation_(activation),
        up_(read_linear(source, {step.role + ".up"})),
        down_(read_linear(source, {step.role + ".down"})) {}

  at::Tensor forward(const LayerInput& input) const override {
    return down_(activate(activation_, up_(input.read[0])));
  }

 private:
  Activation activation_;
  PackedLinear up_;
  PackedLinear down_;
};

}  // namespace

void check_feed_forward(const Step& step, const ModelSpec&) {
  const auto& fields = std::get<FeedForwardFields>(step.fields);
  if (fields.form != "gated" && fields.form != "plain") {
    refuse_step(step, text("ffn of form \"{}\"", fields.form), "one of gated, plain is wanted");
  }
  if (!find_activation(fields.act)) {
    refuse_step(step,
                text("ffn with act \"{}\"", fields.act),
                text("one of {} is wanted", activation_names()));
  }
  if (fields.clamp) refuse_step(step, text("ffn with clamp {}", *fields.clamp), "null is wanted");
}

std::unique_ptr<Layer> make_feed_forward(const Step& step, const LayerSource& source) {
  const auto& fields = std::get<FeedForwardFields>(step.fields);
  const Activation activation = find_activation(fields.act).value();
  if (fields.form == "gated") return std::make_unique<GatedFeedForward>(step, activation, source);
  return std::make_unique<PlainFeedForward>(step, activation, source);
}

}  // namespace lockstep
