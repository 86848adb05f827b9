#include "models/layers/position.h"

#include "base/error.h"

namespace lockstep {
namespace {

/// The op `position`: adds row (position + offset) of a learned table (Radford et al. 2019).
/// Positions begin at 0 in each window.
class Position : public Layer {
 public:
  Position(at::Tensor table, int64_t offset, const Kernels& kernels)
      : table_(std::move(table)), offset_(offset), kernels_(&kernels) {}

  at::Tensor forward(const LayerInput& input) const override {
    const at::Tensor& x = input.read[0];
    if (input.batch.longest + offset_ > table_.size(0)) {
      fail(Blame::kData,
           "a window of {} tokens: the model has learned {} positions; give it less context",
           input.batch.longest,
           table_.size(0) - offset_);
    }
    const at::Tensor out = memory_for_result(x);
    const int64_t width = x.size(1);
    const float* from = x.const_data_ptr<float>();
    const float* learned = table_.const_data_ptr<float>();
    float* to = out.mutable_data_ptr<float>();
    for (int64_t row = 0; row < x.size(0); ++row) {
      const int64_t position = input.rows.position[static_cast<std::size_t>(row)] + offset_;
      kernels_->add(from + row * width, learned + position * width, to + row * width, width);
    }
    return out;
  }

 private:
  at::Tensor table_;
  int64_t offset_;
  const Kernels* kernels_;
};

}  // namespace

void check_position(const Step& step, const ModelSpec&) {
  const auto& fields = std::get<PositionFields>(step.fields);
  if (fields.index != "arange") {
    refuse_step(step, text("position of index \"{}\"", fields.index), "arange is wanted");
  }
  if (fields.offset < 0) {
    refuse_step(step, text("position with offset {}", fields.offset), "0 or more is wanted");
  }
}

std::unique_ptr<Layer> make_position(const Step& step, const LayerSource& source) {
  return std::make_unique<Position>(source.weights(step.role).weight,
                                    std::get<PositionFields>(step.fields).offset,
                                    *source.back_end.kernels);
}

}  // namespace lockstep
