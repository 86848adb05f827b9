#include "models/weights/binding.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "tests/models/weights/memory_checkpoint.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

std::vector<float> values_of(const BoundTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.num_elements()));
  tensor.read(values);
  return values;
}

int64_t elements_of(const TinyLlama& tiny) {
  int64_t count = 0;
  for (const auto& [name, shape] : tiny.shapes) {
    count += std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  }
  return count;
}

TEST(Binding, FindsEveryRoleOfEveryLayer) {
  const TinyLlama tiny;
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(spec_of(tiny), checkpoint);

  ASSERT_EQ(binding.layers.size(), 2u);
  EXPECT_EQ(binding.layers[1].size(), 9u);
  EXPECT_EQ(binding.layers[1].at("mixer.q").weight.stored->name,
            "model.layers.1.self_attn.q_proj.weight");
  EXPECT_EQ(binding.layers[1].at("mixer.q").weight.shape, (std::vector<int64_t>{16, 8}));
  EXPECT_FALSE(binding.layers[1].at("mixer.q").bias);
  EXPECT_EQ(binding.outside.at("head").weight.stored->name, "lm_head.weight");
  EXPECT_FALSE(binding.head_is_embedding);
  EXPECT_EQ(binding.num_parameters, elements_of(tiny));
  EXPECT_TRUE(binding.warnings.empty());
}

TEST(Binding, TriesPrefixes) {
  TinyLlama tiny, bare;
  bare.shapes.clear();
  for (const auto& [name, shape] : tiny.shapes) {
    bare.shapes[name.starts_with("model.") ? "language_model." + name : name] = shape;
  }
  const MemoryCheckpoint checkpoint(bare);

  const Binding binding = bind_weights(spec_of(bare), checkpoint);

  EXPECT_EQ(binding.outside.at("embed.token").weight.stored->name,
            "language_model.model.embed_tokens.weight");
}

TEST(Binding, BindsABiasWhereThereIsOne) {
  TinyLlama tiny;
  tiny.config["attention_bias"] = nullptr;
  tiny.shapes["model.layers.0.self_attn.q_proj.bias"] = {16};
  tiny.shapes["model.layers.1.self_attn.q_proj.bias"] = {16};
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(spec_of(tiny), checkpoint);

  ASSERT_TRUE(binding.layers[0].at("mixer.q").bias);
  EXPECT_EQ(binding.layers[0].at("mixer.q").bias->shape, std::vector<int64_t>{16});
  EXPECT_FALSE(binding.layers[1].at("mixer.k").bias);
}

TEST(Binding, RefusesABiasThatSomeLayersLack) {
  TinyLlama tiny;
  tiny.config["attention_bias"] = nullptr;
  tiny.shapes["model.layers.1.self_attn.q_proj.bias"] = {16};

  EXPECT_EQ(refusal(tiny),
            "tiny: role mixer.q: layer 0 has no bias and layer 1 has one; all layers of kind block "
            "or none are wanted");
}

TEST(Binding, WantsTheBiasesThatTheConfigurationNames) {
  TinyLlama without, with;
  without.config["attention_bias"] = true;
  with.shapes["model.layers.0.self_attn.q_proj.bias"] = {16};

  EXPECT_EQ(refusal(without),
            "tiny: role mixer.k: no tensor model.layers.0.self_attn.k_proj.bias; the configuration "
            "wants one");
  EXPECT_EQ(refusal(with),
            "tiny: nothing uses 1 tensor: model.layers.0.self_attn.q_proj.bias; family llama must "
            "bind or ignore every one");
}

TEST(Binding, RefusesABiasThatANormDoesNotAdd) {
  TinyLlama tiny;
  tiny.shapes["model.norm.bias"] = {8};

  EXPECT_EQ(refusal(tiny),
            "tiny: role final_norm: tensor model.norm.bias is a bias; none is wanted "
            "(final_norm[0])");
}

TEST(Binding, UsesTheEmbeddingForATiedHead) {
  TinyLlama tiny;
  tiny.config["tie_word_embeddings"] = true;
  tiny.shapes.erase("lm_head.weight");
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(spec_of(tiny), checkpoint);

  EXPECT_TRUE(binding.head_is_embedding);
  EXPECT_EQ(binding.outside.at("head").weight.stored,
            binding.outside.at("embed.token").weight.stored);
  EXPECT_EQ(binding.num_parameters, elements_of(tiny));
  EXPECT_TRUE(binding.warnings.empty());
}

TEST(Binding, UsesATiedHeadThatDiffersAndWarns) {
  TinyLlama tiny;
  tiny.config["tie_word_embeddings"] = true;
  MemoryCheckpoint checkpoint(tiny);

  const Binding different = bind_weights(spec_of(tiny), checkpoint);
  checkpoint.tensor("lm_head.weight").bytes = checkpoint.tensor("model.embed_tokens.weight").bytes;
  const Binding equal = bind_weights(spec_of(tiny), checkpoint);

  EXPECT_EQ(different.warnings,
            std::vector<std::string>{
                "tiny: tensor lm_head.weight differs from the embedding and is used, although the "
                "configuration ties them: as transformers 5 does"});
  EXPECT_EQ(different.outside.at("head").weight.stored->name, "lm_head.weight");
  EXPECT_FALSE(different.head_is_embedding);
  EXPECT_EQ(different.num_parameters, elements_of(tiny));
  EXPECT_EQ(equal.outside.at("head").weight.stored->name, "model.embed_tokens.weight");
  EXPECT_EQ(equal.num_parameters, elements_of(tiny) - 40);
  EXPECT_TRUE(equal.warnings.empty());
}

TEST(Binding, WarnsOfAHeadThatIsMissing) {
  TinyLlama tiny;
  tiny.shapes.erase("lm_head.weight");
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(spec_of(tiny), checkpoint);

  EXPECT_TRUE(binding.head_is_embedding);
  EXPECT_EQ(binding.warnings,
            std::vector<std::string>{"tiny: no tensor for the head, which the configuration does "
                                     "not tie: the embedding is used"});
}

TEST(Binding, NamesARoleThatIsNotFound) {
  TinyLlama tiny;
  tiny.shapes.erase("model.layers.1.mlp.up_proj.weight");

  EXPECT_EQ(refusal(tiny),
            "tiny: no tensor for role ffn.up of layer 1; tried model.layers.1.mlp.up_proj.weight, "
            "layers.1.mlp.up_proj.weight, model.language_model.layers.1.mlp.up_proj.weight, "
            "language_model.model.layers.1.mlp.up_proj.weight");
}

TEST(Binding, NamesTensorsThatNothingUses) {
  TinyLlama tiny;
  tiny.shapes["model.layers.0.self_attn.q_norm.weight"] = {4};
  EXPECT_EQ(refusal(tiny),
            "tiny: nothing uses 1 tensor: model.layers.0.self_attn.q_norm.weight; family llama "
            "must bind or ignore every "
            "one");
  for (const char* name : {"a", "b", "c", "d", "e"}) tiny.shapes[name] = {1};
  EXPECT_EQ(refusal(tiny),
            "tiny: nothing uses 6 tensors: a, b, c, d, e, ...; family llama must bind or ignore "
            "every one");
}

TEST(Binding, LeavesIgnoredTensorsAlone) {
  TinyLlama tiny;
  tiny.shapes["model.layers.0.self_attn.rotary_emb.inv_freq"] = {2};
  tiny.shapes["vision_tower.blocks.0.weight"] = {2};
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(spec_of(tiny), checkpoint);

  EXPECT_EQ(binding.num_parameters, elements_of(TinyLlama()));
}

TEST(Binding, RefusesTensorsThatAreNoRealNumbers) {
  const TinyLlama tiny;
  MemoryCheckpoint checkpoint(tiny);
  checkpoint.tensor("model.norm.weight").type = ElementType::kI32;

  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(spec_of(tiny), checkpoint); });

  EXPECT_EQ(
      message,
      "tiny: role final_norm: tensor model.norm.weight has type I32; real numbers are wanted");
}

// ---- fused sources, through the GPT-NeoX family
// ---------------------------------------------------------------------

/// One layer: width 8, 2 heads of 4, feed-forward 6, vocabulary 5.
TinyLlama tiny_neox() {
  TinyLlama tiny;
  tiny.config = {{"model_type", "gpt_neox"},
                 {"hidden_size", 8},
                 {"intermediate_size", 6},
                 {"num_hidden_layers", 1},
                 {"vocab_size", 5},
                 {"num_attention_heads", 2},
                 {"max_position_embeddings", 16},
                 {"rotary_pct", 0.5}};
  tiny.shapes = {{"gpt_neox.embed_in.weight", {5, 8}},
                 {"gpt_neox.final_layer_norm.weight", {8}},
                 {"gpt_neox.final_layer_norm.bias", {8}},
                 {"embed_out.weight", {5, 8}}};
  const std::string layer = "gpt_neox.layers.0.";
  for (const std::string norm : {"input_layernorm", "post_attention_layernorm"}) {
    tiny.shapes[layer + norm + ".weight"] = tiny.shapes[layer + norm + ".bias"] = {8};
  }
  const std::map<std::string, std::vector<int64_t>> modules{{"attention.query_key_value", {24, 8}},
                                                            {"attention.dense", {8, 8}},
                                                            {"mlp.dense_h_to_4h", {6, 8}},
                                                            {"mlp.dense_4h_to_h", {8, 6}}};
  for (const auto& [module, shape] : modules) {
    tiny.shapes[layer + module + ".weight"] = shape;
    tiny.shapes[layer + module + ".bias"] = {shape.front()};
  }
  return tiny;
}

TEST(Binding, SplitsAFusedProjectionWithItsBias) {
  const TinyLlama tiny = tiny_neox();
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(spec_of(tiny), checkpoint);

  const RoleWeights& k = binding.layers[0].at("mixer.k");
  EXPECT_EQ(k.weight.shape, (std::vector<int64_t>{8, 8}));
  const std::vector<float> all = values_of({k.bias->stored, {}, {24}});
  const std::vector<float> bias = values_of(*k.bias);
  for (std::size_t row = 0; row < 8; ++row) {
    const std::size_t fused = row / 4 * 12 + 4 + row % 4;  // [head][q, k, v][4]
    EXPECT_EQ(bias[row], all[fused]) << "row " << row;
  }
  EXPECT_EQ(binding.num_parameters, elements_of(tiny));
}

TEST(Binding, CountsTheRowsOfAFusedProjection) {
  const TinyLlama tiny = tiny_neox();
  const MemoryCheckpoint checkpoint(tiny);
  ModelSpec spec = spec_of(tiny);
  spec.blocks.at("block").tensors.at("mixer.v") = spec.blocks.at("block").tensors.at("mixer.k");

  const std::string message = message_of(Blame::kData, [&] { bind_weights(spec, checkpoint); });

  EXPECT_TRUE(holds(message, "8 of 24 rows of gpt_neox.layers.0.attention.query_key_value.weight"));
  EXPECT_TRUE(holds(message, "nothing uses 2 tensors"));
}

TEST(Binding, CountsTheColumnsOfATransposedProjection) {
  TinyLlama tiny = tiny_neox();
  tiny.shapes["gpt_neox.layers.0.attention.query_key_value.weight"] = {8, 24};
  const MemoryCheckpoint checkpoint(tiny);
  ModelSpec spec = spec_of(tiny);
  auto& tensors = spec.blocks.at("block").tensors;
  for (const char* role : {"mixer.q", "mixer.k", "mixer.v"}) {
    auto& ops = tensors.at(role).ops;
    ops.insert(ops.begin(), {.op = "transpose", .numbers = {}, .names = {}});
  }

  const Binding binding = bind_weights(spec, checkpoint);
  tensors.at("mixer.v") = tensors.at("mixer.k");
  const std::string message = message_of(Blame::kData, [&] { bind_weights(spec, checkpoint); });

  EXPECT_EQ(binding.layers[0].at("mixer.k").weight.shape, (std::vector<int64_t>{8, 8}));
  EXPECT_TRUE(
      holds(message, "8 of 24 columns of gpt_neox.layers.0.attention.query_key_value.weight"));
}

TEST(Binding, RefusesToCountRowsAndColumnsOfOneTensor) {
  const TinyLlama tiny = tiny_neox();
  const MemoryCheckpoint checkpoint(tiny);
  ModelSpec spec = spec_of(tiny);
  auto& ops = spec.blocks.at("block").tensors.at("mixer.o").ops;
  const TensorOp chunk{.op = "chunk", .numbers = {{"index", 0}, {"of", 2}}, .names = {}};
  ops = {chunk, {.op = "transpose", .numbers = {}, .names = {}}, chunk};

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { bind_weights(spec, checkpoint); }),
                    "operations take some rows and some columns; one of them is wanted whole"));
}

TEST(Binding, SaysWhichOperationsMadeAShape) {
  TinyLlama tiny = tiny_neox();
  tiny.shapes["gpt_neox.layers.0.attention.query_key_value.weight"] = {24, 9};

  EXPECT_TRUE(holds(refusal(tiny), "has shape [8, 9] after split; [8, 8] is wanted"));
}

}  // namespace
}  // namespace lockstep::testing
