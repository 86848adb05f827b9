#include "models/weights/shuffled_checkpoint.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/weights/element_type.h"
#include "models/weights/open_model.h"
#include "models/weights/selection.h"
#include "tests/models/weights/tiny_llama.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;

std::vector<float> values_of(const StoredTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(num_elements(tensor.shape)));
  read_selection(tensor, select(tensor, {}, tensor.name), values);
  return values;
}

std::vector<float> sorted(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<float> read(const BoundTensor& bound) {
  std::vector<float> values(static_cast<std::size_t>(bound.num_elements()));
  bound.read(values);
  return values;
}

OpenedModel opened(const fs::path& path, const std::string& untrained) {
  return open_model(path, {}, parse_untrained(untrained));
}

const fs::path kLayers = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/layers";

TEST(ShuffledCheckpoint, PermutesEachTensorWithinItself) {
  const OpenedModel plain = opened(kLayers / "llama", "");
  const OpenedModel shuffled = opened(kLayers / "llama", "shuffle:3");

  ASSERT_EQ(shuffled.checkpoint->tensors().size(), plain.checkpoint->tensors().size());
  for (const auto& [name, tensor] : plain.checkpoint->tensors()) {
    const std::vector<float> before = values_of(tensor);
    const std::vector<float> after = values_of(shuffled.checkpoint->tensors().at(name));
    EXPECT_EQ(sorted(after), sorted(before)) << name;
    EXPECT_NE(after, before) << name;
  }
}

TEST(ShuffledCheckpoint, LeavesNothingInItsPlaceButByChance) {
  const std::string name = "model.embed_tokens.weight";
  const OpenedModel plain = opened(kLayers / "llama", "");
  const OpenedModel shuffled = opened(kLayers / "llama", "shuffle:3");
  const std::vector<float> before = values_of(plain.checkpoint->tensors().at(name));
  const std::vector<float> after = values_of(shuffled.checkpoint->tensors().at(name));

  double product = 0, squares = 0;
  for (std::size_t k = 0; k < before.size(); ++k) {
    product += static_cast<double>(before[k]) * static_cast<double>(after[k]);
    squares += static_cast<double>(before[k]) * static_cast<double>(before[k]);
  }
  EXPECT_LT(std::abs(product / squares), 4 / std::sqrt(static_cast<double>(before.size())));
}

TEST(ShuffledCheckpoint, DependsOnTheSeedAndTheName) {
  const std::string first = "model.layers.0.mlp.up_proj.weight";
  const std::string second = "model.layers.1.mlp.up_proj.weight";
  TemporaryFolder folder;
  TinyLlama tiny;
  tiny.write(folder.path());
  const auto places = [&](const std::string& name, const std::string& seed) {
    const OpenedModel plain = opened(folder.path(), "");
    const float least = values_of(plain.checkpoint->tensors().at(name)).front();
    std::vector<float> values =
        values_of(opened(folder.path(), seed).checkpoint->tensors().at(name));
    for (float& value : values) value -= least;
    return values;
  };

  EXPECT_EQ(places(first, "shuffle:3"), places(first, "shuffle:3"));
  EXPECT_NE(places(first, "shuffle:3"), places(first, "shuffle:4"));
  EXPECT_NE(places(first, "shuffle:3"), places(second, "shuffle:3"));
  EXPECT_NE(opened(folder.path(), "shuffle:3").checkpoint->sha256(),
            opened(folder.path(), "shuffle:4").checkpoint->sha256());
}

TEST(ShuffledCheckpoint, GivesThePartsOfOneFusedTensorOfOnePermutation) {
  const OpenedModel plain = opened(kLayers / "gpt_neox", "");
  const OpenedModel shuffled = opened(kLayers / "gpt_neox", "shuffle:3");
  const std::string name = "gpt_neox.layers.0.attention.query_key_value.weight";

  std::vector<float> parts;
  for (const char* role : {"mixer.k", "mixer.v", "mixer.q", "mixer.k"}) {
    if (parts.size() == 3 * 64 * 64) break;
    const auto part = read(shuffled.binding.layers[0].at(role).weight);
    parts.insert(parts.end(), part.begin(), part.end());
  }

  EXPECT_EQ(sorted(parts), sorted(values_of(plain.checkpoint->tensors().at(name))));
}

TEST(ShuffledCheckpoint, LeavesRotaryDivisorsAndWhatIsNoWeight) {
  TemporaryFolder folder;
  write_bytes(folder / "m.gguf", tiny_gguf().floats("rope_freqs.weight", {2}, 1).bytes());

  for (const std::string seed : {"shuffle:1", "shuffle:2", "shuffle:3"}) {
    const OpenedModel model = opened(folder / "m.gguf", seed);
    EXPECT_EQ(read(model.binding.outside.at("rope_freqs").weight), (std::vector<float>{1, 2}));
  }
}

TEST(ShuffledCheckpoint, RefusesNothingElse) {
  const OpenedModel plain = opened(kLayers / "qwen2", "");
  const OpenedModel shuffled = opened(kLayers / "qwen2", "shuffle:1");

  EXPECT_EQ(shuffled.binding.num_parameters, plain.binding.num_parameters);
  EXPECT_EQ(shuffled.binding.warnings, plain.binding.warnings);
  EXPECT_EQ(shuffled.checkpoint->name(), plain.checkpoint->name());
  EXPECT_EQ(shuffled.checkpoint->config(), plain.checkpoint->config());
}

}  // namespace
}  // namespace lockstep::testing
