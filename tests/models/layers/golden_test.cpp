// Tiny random checkpoints of each family against what transformers computes (tests/golden/layers).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_file.h"
#include "models/weights/safetensors_file.h"
#include "tests/models/layers/tiny_model.h"

namespace lockstep {
namespace {

// The bar for float32 against float32: the operations are the same, the order of their sums is not.
constexpr double kTolerance = 1e-5;

/// A window and what transformers makes of it.
struct Expected {
  std::vector<int32_t> ids;
  at::Tensor states;  // taps x tokens x width
  at::Tensor logits;  // tokens x vocabulary
};

at::Tensor floats(const StoredTensor& stored) {
  EXPECT_EQ(stored.type, ElementType::kF32);
  return at::from_blob(const_cast<std::byte*>(stored.bytes.data()), stored.shape, at::kFloat)
      .clone();
}

class GoldenTest : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path folder() const {
    return std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/layers" / GetParam();
  }

  /// The whole model, loaded once for all cases.
  const LanguageModel& model() const {
    static std::map<std::string, std::unique_ptr<LanguageModel>> models;
    auto& model = models[GetParam()];
    if (!model) model = load_model(folder(), {.families = {}, .batch_tokens = 64});
    return *model;
  }

  Expected expected(const std::string& window) const {
    const SafetensorsFile file(folder() / "expected.safetensors");
    const auto& ids = file.tensors().at(window + ".ids");
    Expected result;
    const auto* begin = reinterpret_cast<const int32_t*>(ids.bytes.data());
    result.ids.assign(begin, begin + ids.shape.at(0));
    result.states = floats(file.tensors().at(window + ".states"));
    result.logits = floats(file.tensors().at(window + ".logits"));
    return result;
  }
};

INSTANTIATE_TEST_SUITE_P(Families,
                         GoldenTest,
                         ::testing::Values("gemma",
                                           "gemma2",
                                           "gpt2",
                                           "gpt2_by_layer",
                                           "gpt_neox",
                                           "gpt_neox_sequential",
                                           "llama",
                                           "ministral",
                                           "mistral",
                                           "olmo2",
                                           "qwen2",
                                           "qwen2_window",
                                           "qwen3",
                                           "smollm3"),
                         [](const auto& family) { return std::string(family.param); });

PackedBatch pack(const std::vector<Expected>& windows) {
  PackedBatch batch;
  batch.offsets = {0};
  for (const Expected& window : windows) {
    batch.ids.insert(batch.ids.end(), window.ids.begin(), window.ids.end());
    batch.offsets.push_back(static_cast<int64_t>(batch.ids.size()));
  }
  for (int64_t row = 0; row < batch.offsets.back(); ++row) batch.rows.push_back(row);
  return batch;
}

/// The largest row distance of each tap is within the bar.
void expect_states(const at::Tensor& states, const at::Tensor& expected, const std::string& where) {
  ASSERT_EQ(states.sizes(), expected.sizes()) << where;
  for (int64_t tap = 0; tap < states.size(0); ++tap) {
    EXPECT_LT(row_distance(states[tap], expected[tap]), kTolerance) << where << ", tap " << tap;
  }
}

TEST_P(GoldenTest, EveryStateAndLogitOfAWindowAloneIsThatOfTransformers) {
  const auto taps = all_taps(model().spec().num_blocks());
  for (const std::string name : {"one", "short", "long"}) {
    const Expected window = expected(name);
    const auto batch = pack({window});

    expect_states(model().hidden_states(batch, taps), window.states, name);
    EXPECT_LT(row_distance(model().logits(batch), window.logits), kTolerance) << name;
  }
}

TEST_P(GoldenTest, EveryStateAndLogitOfPackedWindowsIsThatOfTransformers) {
  const std::vector<Expected> windows = {
      expected("short"), expected("long"), expected("one"), expected("long")};
  const auto batch = pack(windows);

  const auto states = model().hidden_states(batch, all_taps(model().spec().num_blocks()));
  const auto logits = model().logits(batch);

  for (std::size_t w = 0; w < windows.size(); ++w) {
    const int64_t begin = batch.offsets[w], length = batch.offsets[w + 1] - begin;
    expect_states(
        states.narrow(1, begin, length), windows[w].states, "window " + std::to_string(w));
    EXPECT_LT(row_distance(logits.narrow(0, begin, length), windows[w].logits), kTolerance) << w;
  }
}

TEST_P(GoldenTest, WantedRowsOfTheLastBlockLoadedAreThoseOfTransformers) {
  const Expected window = expected("long");
  auto batch = pack({window});
  batch.rows = {0, 7, 8, 40};
  const auto index = at::tensor(batch.rows, at::kLong);
  const auto part = load_model(folder(), {.families = {}, .batch_tokens = 64}, 2);
  const std::vector<Tap> taps = {{.kind = Tap::Kind::kBlock, .block = 2}};

  const auto states = part->hidden_states(batch, taps);

  expect_states(states, window.states.narrow(0, 2, 1).index_select(1, index), "block 2");
}

TEST_P(GoldenTest, KnowsWhichTapsTransformersReturns) {
  const auto returned = read_json_file(folder() / "hf_states.json");

  EXPECT_EQ(model().spec().hf_states, returned.get<std::vector<std::string>>());
}

TEST_P(GoldenTest, KnowsEveryKeyOfItsConfiguration) {
  EXPECT_EQ(model().spec().unknown_keys, std::vector<std::string>{});
}

TEST_P(GoldenTest, CountsItsParameters) {
  const SafetensorsFile file(folder() / "model.safetensors");
  int64_t num_parameters = 0;
  for (const auto& [name, stored] : file.tensors()) {
    int64_t count = 1;
    for (const int64_t length : stored.shape) count *= length;
    num_parameters += count;
  }

  EXPECT_EQ(model().num_parameters(), num_parameters);
}

}  // namespace
}  // namespace lockstep
