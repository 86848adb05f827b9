#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "models/weights/safetensors_file.h"
#include "tests/models/layers/tiny_model.h"

namespace lockstep {

/// The bar for float32 against float32: the operations are the same, the order of their sums is
/// not.
constexpr double kGoldenTolerance = 1e-5;

/// A window and what a reference makes of it.
struct GoldenWindow {
  std::vector<int32_t> ids;
  at::Tensor states;  ///< taps x tokens x width
  at::Tensor logits;  ///< tokens x vocabulary
};

inline at::Tensor golden_floats(const StoredTensor& stored) {
  EXPECT_EQ(stored.type, ElementType::kF32);
  return at::from_blob(const_cast<std::byte*>(stored.bytes.data()), stored.shape, at::kFloat)
      .clone();
}

/// A window of <folder>/expected.safetensors: <name>.ids, <name>.states, <name>.logits.
inline GoldenWindow golden_window(const std::filesystem::path& folder, const std::string& name) {
  const SafetensorsFile file(folder / "expected.safetensors");
  const auto& ids = file.tensors().at(name + ".ids");
  GoldenWindow window;
  const auto* begin = reinterpret_cast<const int32_t*>(ids.bytes.data());
  window.ids.assign(begin, begin + ids.shape.at(0));
  window.states = golden_floats(file.tensors().at(name + ".states"));
  window.logits = golden_floats(file.tensors().at(name + ".logits"));
  return window;
}

/// All rows are wanted.
inline PackedBatch pack(const std::vector<GoldenWindow>& windows) {
  PackedBatch batch;
  batch.offsets = {0};
  for (const GoldenWindow& window : windows) {
    batch.ids.insert(batch.ids.end(), window.ids.begin(), window.ids.end());
    batch.offsets.push_back(static_cast<int64_t>(batch.ids.size()));
  }
  for (int64_t row = 0; row < batch.offsets.back(); ++row) batch.rows.push_back(row);
  return batch;
}

/// The largest row distance of each tap is within the bar.
inline void expect_states(const at::Tensor& states,
                          const at::Tensor& expected,
                          const std::string& where) {
  ASSERT_EQ(states.sizes(), expected.sizes()) << where;
  for (int64_t tap = 0; tap < states.size(0); ++tap) {
    EXPECT_LT(row_distance(states[tap], expected[tap]), kGoldenTolerance)
        << where << ", tap " << tap;
  }
}

/// Every tap and every logit of each window, alone.
inline void expect_windows_alone(const LanguageModel& model, const std::filesystem::path& golden) {
  const auto taps = all_taps(model.spec().num_blocks());
  for (const std::string name : {"one", "short", "long"}) {
    const GoldenWindow window = golden_window(golden, name);
    const auto batch = pack({window});

    expect_states(model.hidden_states(batch, taps), window.states, name);
    EXPECT_LT(row_distance(model.logits(batch), window.logits), kGoldenTolerance) << name;
  }
}

/// The same in one batch.
inline void expect_windows_packed(const LanguageModel& model, const std::filesystem::path& golden) {
  std::vector<GoldenWindow> windows;
  for (const char* name : {"short", "long", "one", "long"})
    windows.push_back(golden_window(golden, name));
  const auto batch = pack(windows);

  const auto states = model.hidden_states(batch, all_taps(model.spec().num_blocks()));
  const auto logits = model.logits(batch);

  for (std::size_t w = 0; w < windows.size(); ++w) {
    const int64_t begin = batch.offsets[w], length = batch.offsets[w + 1] - begin;
    expect_states(
        states.narrow(1, begin, length), windows[w].states, "window " + std::to_string(w));
    EXPECT_LT(row_distance(logits.narrow(0, begin, length), windows[w].logits), kGoldenTolerance)
        << w;
  }
}

}  // namespace lockstep
