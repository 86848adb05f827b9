#include "models/layers/scale.h"

#include "base/text.h"

namespace lockstep {
namespace {

/// The op `scale`: times a number, rounded first as the reference rounds it.
class Scale : public Layer {
 public:
  explicit Scale(float by) : by_(by) {}

  at::Tensor forward(const LayerInput& input) const override {
    at::Tensor& x = input.read[0];
    return is_sole_owner(x) ? x.mul_(by_) : x.mul(by_);
  }

 private:
  float by_;
};

}  // namespace

void check_scale(const Step& step, const ModelSpec&) {
  const auto& round = std::get<ScaleFields>(step.fields).round;
  if (round && *round != "weight" && *round != "bfloat16") {
    refuse_step(
        step, text("scale with round \"{}\"", *round), "null, weight or bfloat16 is wanted");
  }
}

std::unique_ptr<Layer> make_scale(const Step& step, const LayerSource&) {
  const auto& fields = std::get<ScaleFields>(step.fields);
  const auto by = static_cast<float>(fields.by);  // also "weight": the weights are float32
  const bool is_rounded = fields.round == "bfloat16";
  return std::make_unique<Scale>(is_rounded ? static_cast<float>(c10::BFloat16(by)) : by);
}

}  // namespace lockstep
