// Tiny random checkpoints of each family against what transformers computes (tests/golden/layers).
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_file.h"
#include "base/text.h"
#include "models/weights/safetensors_file.h"
#include "tests/models/golden_families.h"
#include "tests/models/layers/golden_windows.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

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
};

INSTANTIATE_TEST_SUITE_P(Families,
                         GoldenTest,
                         ::testing::ValuesIn(testing::kGoldenFamilies),
                         [](const auto& family) { return std::string(family.param); });

TEST_P(GoldenTest, EveryStateAndLogitOfAWindowAloneIsThatOfTransformers) {
  expect_windows_alone(model(), folder());
}

TEST_P(GoldenTest, EveryStateAndLogitOfPackedWindowsIsThatOfTransformers) {
  expect_windows_packed(model(), folder());
}

TEST_P(GoldenTest, WantedRowsOfTheLastBlockLoadedAreThoseOfTransformers) {
  const GoldenWindow window = golden_window(folder(), "long");
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

TEST_P(GoldenTest, RefusesAWindowLongerThanItsPositions) {
  // Without positions of its own (ALiBi) a model reads windows of any length.
  const bool has_limit = model().spec().max_positions.has_value();
  const auto num_positions = model().spec().max_positions.value_or(600);
  const GoldenWindow window{
      std::vector<int32_t>(static_cast<std::size_t>(num_positions) + 1, 3), {}, {}};
  const std::vector<Tap> taps = {{.kind = Tap::Kind::kEmbedding}};

  if (!has_limit) {
    EXPECT_EQ(model().hidden_states(pack({window}), taps).size(1), num_positions + 1);
    return;
  }
  EXPECT_EQ(testing::message_of(Blame::kData, [&] { model().hidden_states(pack({window}), taps); }),
            text("a window of {} tokens: the model has {} positions; give it less context",
                 num_positions + 1,
                 num_positions));
}

TEST_P(GoldenTest, CountsItsParameters) {
  const SafetensorsFile file(folder() / "model.safetensors");
  int64_t num_parameters = 0;
  for (const auto& [name, stored] : file.tensors()) {
    const bool is_text = !name.starts_with("vision_tower") && !name.starts_with("multi_modal");
    if (!is_text) continue;
    int64_t count = 1;
    for (const int64_t length : stored.shape) count *= length;
    num_parameters += count;
  }

  EXPECT_EQ(model().num_parameters(), num_parameters);
}

}  // namespace
}  // namespace lockstep
