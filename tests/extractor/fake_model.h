#pragma once

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "base/error.h"
#include "models/model.h"

namespace lockstep {

/// What FakeModel says at a row: a number that depends on the window's ids up to that row, on the
/// tap and on the unit.
inline float fake_state(std::span<const int32_t> ids_to_row, int64_t tap_block, int64_t unit) {
  uint64_t hash = 1469598103934665603U;
  for (const int32_t id : ids_to_row) hash = (hash ^ static_cast<uint64_t>(id)) * 1099511628211U;
  hash = (hash ^ static_cast<uint64_t>(tap_block * 1000 + unit)) * 1099511628211U;
  hash ^= hash >> 29;
  return static_cast<float>(hash % 65536) / 32768.0F - 1.0F;
}

/// A causal model without weights: exact whatever the batch, so that only the loop around it can be
/// wrong.
class FakeModel : public LanguageModel {
 public:
  explicit FakeModel(int64_t width = 3) {
    spec_.width = width;
    spec_.vocabulary = width;
    spec_.layers = {"block", "block", "block", "block"};
  }

  const ModelSpec& spec() const override { return spec_; }
  int64_t num_parameters() const override { return 0; }
  std::string back_end() const override { return "fake"; }

  at::Tensor hidden_states(const PackedBatch& batch, std::span<const Tap> taps) const override {
    const int pass = passes_++;
    if (before_pass) before_pass(pass);
    const auto num_rows = static_cast<int64_t>(batch.rows.size());
    at::Tensor states =
        at::empty({static_cast<int64_t>(taps.size()), num_rows, spec_.width}, at::kFloat);
    auto* values = states.mutable_data_ptr<float>();
    for (const Tap& tap : taps) {
      for (const int64_t row : batch.rows) {
        std::size_t window = 0;
        while (batch.offsets[window + 1] <= row) ++window;
        const auto begin = batch.offsets[window];
        const auto ids = std::span(batch.ids).subspan(static_cast<std::size_t>(begin),
                                                      static_cast<std::size_t>(row + 1 - begin));
        const int64_t block =
            tap.kind == Tap::Kind::kFinalNorm ? spec_.num_blocks() + 1 : tap.block;
        for (int64_t unit = 0; unit < spec_.width; ++unit)
          *values++ =
              is_broken ? std::numeric_limits<float>::infinity() : fake_state(ids, block, unit);
      }
    }
    return states;
  }
  at::Tensor logits(const PackedBatch&) const override {
    fail(Blame::kProgram, "the fake model has no head");
  }

  /// The states are the logits.
  at::Tensor head(const at::Tensor& final_norm) const override {
    ++head_calls_;
    return final_norm.clone();
  }
  int num_head_calls() const { return head_calls_; }

  std::function<void(int pass)> before_pass;
  bool is_broken = false;
  int num_passes() const { return passes_; }

 private:
  ModelSpec spec_;
  mutable std::atomic<int> passes_{0};
  mutable std::atomic<int> head_calls_{0};
};

}  // namespace lockstep
