#include "models/weights/binding.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

/// A checkpoint in memory: tensors of float32 zeros, or of values that tell where they come from.
class MemoryCheckpoint : public Checkpoint {
 public:
  explicit MemoryCheckpoint(const TinyLlama& tiny)
      : config_(tiny.config), file_(tiny.safetensors()) {
    const std::size_t header =
        8 + static_cast<std::size_t>(*reinterpret_cast<const uint64_t*>(file_.data()));
    std::size_t at = header;
    for (const auto& [name, shape] : tiny.shapes) {
      std::size_t bytes = 4;
      for (const int64_t size : shape) bytes *= static_cast<std::size_t>(size);
      tensors_[name] = {.name = name,
                        .type = ElementType::kF32,
                        .shape = shape,
                        .bytes = std::as_bytes(std::span(file_)).subspan(at, bytes),
                        .ops = {}};
      at += bytes;
    }
  }

  StoredTensor& tensor(const std::string& name) { return tensors_.at(name); }
  const json& config() const override { return config_; }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }
  std::string sha256() const override { return {}; }
  std::string name() const override { return "tiny"; }

 private:
  json config_;
  std::string file_;
  std::map<std::string, StoredTensor> tensors_;
};

ModelSpec spec_of(const TinyLlama& tiny) { return resolve_family(tiny.config, {}, "config.json"); }

std::string refusal(const TinyLlama& tiny) {
  const ModelSpec spec = spec_of(tiny);
  const MemoryCheckpoint checkpoint(tiny);
  return message_of(Blame::kData, [&] { bind_weights(spec, checkpoint); });
}

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

TEST(Binding, WarnsOfATiedHeadThatDiffers) {
  TinyLlama tiny;
  tiny.config["tie_word_embeddings"] = true;
  MemoryCheckpoint checkpoint(tiny);

  const Binding different = bind_weights(spec_of(tiny), checkpoint);
  checkpoint.tensor("lm_head.weight").bytes = checkpoint.tensor("model.embed_tokens.weight").bytes;
  const Binding equal = bind_weights(spec_of(tiny), checkpoint);

  EXPECT_EQ(different.warnings,
            std::vector<std::string>{
                "tiny: tensor lm_head.weight differs from the embedding and is not used: the "
                "configuration ties them"});
  EXPECT_EQ(different.outside.at("head").weight.stored->name, "model.embed_tokens.weight");
  EXPECT_EQ(different.num_parameters, elements_of(tiny) - 40);
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

TEST(Binding, ChecksShapesAgainstTheSpec) {
  const auto refusal_of = [](const std::string& name, const std::vector<int64_t>& shape) {
    TinyLlama tiny;
    tiny.config["mlp_bias"] = nullptr;  // a bias may be there
    tiny.shapes[name] = shape;
    return refusal(tiny);
  };

  EXPECT_EQ(refusal_of("model.layers.1.self_attn.k_proj.weight", {16, 8}),
            "tiny: layer 1: role mixer.k: tensor model.layers.1.self_attn.k_proj.weight has shape "
            "[16, 8]; [8, 8] is "
            "wanted (blocks.block.program[1])");
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.self_attn.q_proj.weight", {8, 16}), "[16, 8] is wanted"));
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.self_attn.v_proj.weight", {8, 9}), "[8, 8] is wanted"));
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.self_attn.o_proj.weight", {16, 8}), "[8, 16] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.mlp.gate_proj.weight", {5, 8}), "[6, 8] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.mlp.up_proj.weight", {8, 6}), "[6, 8] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.mlp.down_proj.weight", {6, 8}), "[8, 6] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.input_layernorm.weight", {8, 1}), "[8] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.norm.weight", {9}),
                    "role final_norm: tensor model.norm.weight has shape [9]"));
  EXPECT_TRUE(
      holds(refusal_of("model.embed_tokens.weight", {6, 8}), "[5, 8] is wanted (embed[0])"));
  EXPECT_TRUE(holds(refusal_of("lm_head.weight", {5, 7}), "[5, 8] is wanted (head[0])"));
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.mlp.up_proj.bias", {8}), "has shape [8]; [6] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.embed_tokens.bias", {5}),
                    "tensor model.embed_tokens.bias is a bias; none is wanted"));
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

// ---- widths through a program
// ---------------------------------------------------------------------------------------

TEST(Binding, FollowsWidthsThroughAProjectedEmbedding) {
  TinyLlama tiny;
  tiny.shapes["model.embed_tokens.weight"] = {5, 3};
  tiny.shapes["model.project_in.weight"] = {8, 3};
  json spec = json::parse(spec_of(tiny).canonical_json);
  spec["embed"][0]["write"] = "e";
  spec["embed"].push_back(
      {{"op", "linear"}, {"role", "project_in"}, {"read", "e"}, {"write", "x"}});
  spec["tensors"]["project_in"] = "project_in";
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(compile_spec(spec, "llama", ""), checkpoint);
  tiny.shapes["model.project_in.weight"] = {8, 4};
  const MemoryCheckpoint wrong(tiny);
  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), wrong); });

  EXPECT_EQ(binding.outside.at("embed.token").weight.shape, (std::vector<int64_t>{5, 3}));
  EXPECT_TRUE(holds(
      message, "tensor model.project_in.weight has shape [8, 4]; [8, 3] is wanted (embed[1])"));
}

TEST(Binding, ChecksNormsOfQueriesAndKeys) {
  TinyLlama tiny;
  for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
    tiny.shapes[layer + "self_attn.q_norm.weight"] = {16};
    tiny.shapes[layer + "self_attn.k_norm.weight"] = {8};
  }
  json spec = json::parse(spec_of(tiny).canonical_json);
  json& block = spec["blocks"]["block"];
  block["tensors"]["mixer.q_norm"] = "layers.{i}.self_attn.q_norm";
  block["tensors"]["mixer.k_norm"] = "layers.{i}.self_attn.k_norm";
  block["program"][1]["qk_norm"] = {
      {"kind", "rms"}, {"eps", 1e-6}, {"span", "projection"}, {"order", "before_rope"}};
  const MemoryCheckpoint checkpoint(tiny);

  EXPECT_NO_THROW(bind_weights(compile_spec(spec, "llama", ""), checkpoint));
  block["program"][1]["qk_norm"]["span"] = "head";
  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), checkpoint); });
  EXPECT_TRUE(holds(message, "q_norm.weight has shape [16]; [4] is wanted"));
}

TEST(Binding, ChecksLearnedPositions) {
  TinyLlama tiny;
  tiny.shapes["model.wpe.weight"] = {17, 8};
  json spec = json::parse(spec_of(tiny).canonical_json);
  spec["embed"].push_back({{"op", "position"},
                           {"role", "embed.position"},
                           {"read", "x"},
                           {"write", "x"},
                           {"index", "arange"},
                           {"offset", 2}});
  spec["tensors"]["embed.position"] = "wpe";
  const MemoryCheckpoint checkpoint(tiny);

  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), checkpoint); });
  spec["embed"][1]["offset"] = 1;

  EXPECT_EQ(message,
            "tiny: role embed.position: 17 positions; 16 and an offset of 2 are wanted (embed[1])");
  EXPECT_NO_THROW(bind_weights(compile_spec(spec, "llama", ""), checkpoint));
}

TEST(Binding, RefusesToAddUnequalWidths) {
  TinyLlama tiny;
  json spec = json::parse(spec_of(tiny).canonical_json);
  json& program = spec["blocks"]["block"]["program"];
  program.push_back({{"op", "linear"}, {"role", "wide"}, {"read", "x"}, {"write", "w"}});
  program.push_back({{"op", "add"}, {"read", {"x", "w"}}, {"write", "x"}});
  spec["blocks"]["block"]["tensors"]["wide"] = "wide";
  tiny.shapes["wide.weight"] = {9, 8};
  const MemoryCheckpoint checkpoint(tiny);

  EXPECT_EQ(
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), checkpoint); }),
      "tiny: layer 0: blocks.block.program[7]: adds widths of 8 and 9");
}

}  // namespace
}  // namespace lockstep::testing
