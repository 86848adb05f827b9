// The names that a family's tensors have had: first releases, bare models, models inside wrappers.
// The values are those of the names that transformers 5 writes.
#include <gtest/gtest.h>

#include "models/model.h"
#include "tests/models/layers/golden_windows.h"
#include "tests/models/weights/golden_copy.h"

namespace lockstep {
namespace {

using testing::GoldenCopy;
using testing::TemporaryFolder;

/// With every name that begins with `prefix` beginning with `other` instead.
void rename(GoldenCopy& copy, const std::string& prefix, const std::string& other) {
  std::map<std::string, GoldenCopy::Tensor> renamed;
  for (auto& [name, tensor] : copy.tensors) {
    const bool has_prefix = name.starts_with(prefix);
    renamed[has_prefix ? other + name.substr(prefix.size()) : name] = std::move(tensor);
  }
  copy.tensors = std::move(renamed);
}

void expect_same_values(const GoldenCopy& copy) {
  const TemporaryFolder folder;
  const auto model = load_model(copy.write(folder.path()), {.families = {}, .batch_tokens = 64});

  expect_windows_alone(*model, GoldenCopy::golden_folder(copy.name));
}

TEST(TensorNames, OfTheFirstGpt2HaveNoPrefixAndCarryTheMask) {
  GoldenCopy copy("gpt2");
  rename(copy, "transformer.", "");
  for (const std::string layer : {"h.0.", "h.1.", "h.2."}) {
    copy.add(layer + "attn.bias", {1, 1, 64, 64});
    copy.add(layer + "attn.masked_bias", {1});
  }
  ASSERT_TRUE(copy.tensors.contains("wte.weight"));

  expect_same_values(copy);
}

TEST(TensorNames, OfATiedGpt2MayHaveTheHeadTwice) {
  GoldenCopy copy("gpt2");
  copy.tensors["lm_head.weight"] = copy.tensors.at("transformer.wte.weight");

  expect_same_values(copy);
}

TEST(TensorNames, OfPythiaCarryMasksAndFrequencies) {
  GoldenCopy copy("gpt_neox_sequential");
  rename(copy, "lm_head.", "embed_out.");
  for (const std::string layer : {"0.", "1.", "2."}) {
    copy.add("gpt_neox.layers." + layer + "attention.bias", {1, 1, 64, 64});
    copy.add("gpt_neox.layers." + layer + "attention.masked_bias", {});
    copy.add("gpt_neox.layers." + layer + "attention.rotary_emb.inv_freq", {2});
  }

  expect_same_values(copy);
  rename(copy, "embed_out.", "lm_head.");
  expect_same_values(copy);
}

TEST(TensorNames, OfABareModelHaveNoPrefix) {
  for (const char* family : {"qwen3", "smollm3", "gemma"}) {
    GoldenCopy copy(family);
    rename(copy, "model.", "");
    copy.add("layers.0.self_attn.rotary_emb.inv_freq", {4});

    expect_same_values(copy);
  }
}

TEST(TensorNames, InsideAWrapperHaveALongPrefix) {
  GoldenCopy copy("ministral");
  rename(copy, "model.", "language_model.model.");
  rename(copy, "lm_head.", "language_model.lm_head.");
  copy.add("vision_tower.blocks.0.weight", {2});

  expect_same_values(copy);
}

}  // namespace
}  // namespace lockstep
